"""Sign-up for events at the desk."""
