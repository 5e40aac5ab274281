"""Random histories over real processes: donors, staff and the provider act while everything around them breaks."""
