"""Imports: a TOML mapping, staged rows, every problem at once, one transaction."""

from app.platform.imports.targets import Target, target, targets

__all__ = ["Target", "target", "targets"]
