"""What each event and request changes: rows and the shop's state, inside the loop's transactions."""
