"""Our books beside the provider's: payouts, movements, what is missing or unexplained, and how it is mended."""
