"""The web room: pages, forms and people logged in; it speaks no AT and no SQL."""
