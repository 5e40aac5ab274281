"""Links that staff hand out: their addresses, QR codes and posters."""
