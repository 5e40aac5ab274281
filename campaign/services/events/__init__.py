"""Sign-up for events: who has a place, who waits for one, what they are told, and who came."""
