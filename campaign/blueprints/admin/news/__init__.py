"""Updates of the campaign: writing, publishing, sending."""
