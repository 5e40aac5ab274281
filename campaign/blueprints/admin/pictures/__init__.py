"""Pictures of the campaign: upload, description, places, consents."""
