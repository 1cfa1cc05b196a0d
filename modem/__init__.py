"""The modem room: serial port, AT dialogue, URCs, PDUs and the life of a call; it knows no shop and no database."""
