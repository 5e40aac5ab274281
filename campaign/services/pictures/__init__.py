"""Pictures of a campaign: uploaded, described, placed, removed; and the consents of the people on them."""
