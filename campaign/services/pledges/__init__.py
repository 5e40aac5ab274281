"""Monthly gifts: asked for, followed at the provider, told of and shown. What settles them stands above: `reminders`."""
