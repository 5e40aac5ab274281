"""What a campaign shows to the public, and what its form offers."""
