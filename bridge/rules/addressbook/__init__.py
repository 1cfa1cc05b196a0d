"""Contacts as files: vCard and CSV, read and written."""

from bridge.rules.addressbook.card import Card, Read
from bridge.rules.addressbook.reading import read
from bridge.rules.addressbook.table import to_csv
from bridge.rules.addressbook.vcard import to_vcard

__all__ = ["Card", "Read", "read", "to_csv", "to_vcard"]
