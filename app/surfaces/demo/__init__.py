"""The demo company: its people act through the same use cases as everybody, at times that are past."""

from app.surfaces.demo.loading import is_lived_in, make_company

__all__ = ["is_lived_in", "make_company"]
