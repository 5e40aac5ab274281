"""Links with tags, their QR codes and posters."""
