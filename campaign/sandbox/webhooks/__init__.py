"""Events and their signed, retried deliveries to endpoints."""
