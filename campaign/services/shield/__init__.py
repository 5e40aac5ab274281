"""Protection against card testing: every attempt to give is counted and judged, and a shield protects all campaigns."""
