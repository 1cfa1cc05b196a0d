"""One modem and its SIM: the port, the thread, and the procedures that run over it."""
