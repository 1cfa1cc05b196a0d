"""What a modem said, kept in a file, and played again through the same code."""
