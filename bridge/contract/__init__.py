"""What a page, an API or a command may ask of the bridge, the answers, and the status."""
