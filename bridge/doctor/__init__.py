"""Is everything right: what is looked at, what it means, and the command that says so."""
