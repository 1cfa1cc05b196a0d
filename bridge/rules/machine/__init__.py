"""How the machine is that the box runs on: what its files say, and what of that is wrong."""

from bridge.rules.machine.state import INCIDENTS, ClockSetter, Journal, Machine, troubles

__all__ = ["INCIDENTS", "ClockSetter", "Journal", "Machine", "troubles"]
