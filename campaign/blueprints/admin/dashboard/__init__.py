"""The first page of campaign staff, and what it links to."""
