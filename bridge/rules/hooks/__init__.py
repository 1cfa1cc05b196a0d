"""Hooks: what other programs may be told of, in which shape, how it is signed, where it may go and when it is tried again."""
