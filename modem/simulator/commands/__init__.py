"""What the simulated modem answers to each command, a file a subject; what happens to calls and texts, others know."""
