"""Against card testing: every attempt to give is counted and judged, and a shield goes up for all."""
