"""What is said to a modem, step by step, as generators that yield commands and are given the responses; pure."""
