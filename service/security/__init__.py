"""Who may do what: keys, sessions and their scopes, limits, and what browsers are told."""
