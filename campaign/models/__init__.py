"""Tables, constraints and relationships; import each model from its own module."""
