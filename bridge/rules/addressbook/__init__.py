"""Contacts as files: vCard and CSV, read and written."""

from bridge.rules.addressbook.card import Card, Read, stricter
from bridge.rules.addressbook.reading import read
from bridge.rules.addressbook.table import to_csv
from bridge.rules.addressbook.vcard import to_vcard

__all__ = ["Card", "Read", "read", "stricter", "to_csv", "to_vcard"]
