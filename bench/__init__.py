"""How fast the house is, beside raw SQL on the same data in the same run: ``python -m bench --help``."""
