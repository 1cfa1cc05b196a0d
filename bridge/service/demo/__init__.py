"""`textback demo`: a shop with six weeks behind it, on a simulated modem, and callers that follow a script."""
