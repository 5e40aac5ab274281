"""Provider events: the list, one event, replays."""
