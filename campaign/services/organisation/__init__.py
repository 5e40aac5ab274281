"""The organisation that runs this installation: its names, addresses, colours, and the way to set it up."""
