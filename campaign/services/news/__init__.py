"""Updates of a campaign: written by staff, published, and emailed to those who agreed."""
