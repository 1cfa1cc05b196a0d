"""Who may use the page: logging in, the network, limited tries."""
