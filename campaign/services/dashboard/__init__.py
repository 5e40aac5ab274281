"""The first page of campaign staff: how far the campaign is on the way to its goal, and what brings the gifts."""
