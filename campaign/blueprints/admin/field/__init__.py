"""Field mode: writing on the phone, without a line."""
