"""Campaigns that kill, break, flood and cut off the real service, and hold its database against what the modem saw."""
