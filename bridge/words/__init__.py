"""Codes to sentences: the words of the page, the command line and the owner's texts. Pure; rows and events hold codes."""
