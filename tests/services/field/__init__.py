"""What staff write away from their desk."""
