"""Which serial port is which modem, and who else holds it."""
