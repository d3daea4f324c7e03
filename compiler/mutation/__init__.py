"""Changes to a rulebook, one at a time, and which of them no example and no other case notices."""
