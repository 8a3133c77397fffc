"""Random walks through the house: each step is a use case run by the department it belongs to."""
