"""What staff write away from their desk: it comes in later, exactly once, and becomes a draft."""
