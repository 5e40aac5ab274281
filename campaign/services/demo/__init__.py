"""Demo campaigns as data: one folder of texts and figures for each, and the reader that checks them."""
