"""Personal data of a donor: what they agreed to, and a copy of everything for them."""
