"""The keys of config.ini, a file a section."""
