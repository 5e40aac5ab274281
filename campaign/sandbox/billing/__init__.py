"""Recurring payments: subscriptions, invoices, the customer portal."""
