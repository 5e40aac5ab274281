"""Provider events as staff see them, and the endpoint that receives them."""
