"""The life of a call, from what the modem says of it; pure."""
