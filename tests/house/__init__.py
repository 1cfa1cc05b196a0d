"""`make house` and `make map`: the shape of the code as figures and as a picture; tests judge it, this does not."""
