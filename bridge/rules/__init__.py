"""What decides, as pure functions of what they are given: no clock, port, thread, file or database."""
