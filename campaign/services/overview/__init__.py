"""The first page of the staff pages: what needs attention, and where the campaign stands."""
