"""The texts that a campaign publishes, as documents with typed fields: what is typed, what is valid, what has changed."""
