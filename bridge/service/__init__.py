"""The running service: threads, the loop, and the start and stop of all of it."""
