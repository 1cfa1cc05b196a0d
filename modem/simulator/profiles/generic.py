"""Modems that keep to 27.007 and print nothing of their own; two of them do not even print that a call is over."""

from dataclasses import replace

from modem.simulator.profiles.profile import CONNECTED, ENDS, Profile

GENERIC = Profile("generic", calls={"": ENDS})
SILENT = replace(
    GENERIC, name="silent", model="ring just stops", lists_calls=False, calls={"": CONNECTED}, spacing=4.0
)
SILENT_CLCC = replace(SILENT, name="silent-clcc", model="ring just stops, but lists calls", lists_calls=True)
