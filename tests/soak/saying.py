"""What a soak test measured, on the terminal even while output is captured."""

from __future__ import annotations

import sys


def say(*lines: str) -> None:
    """Write lines past pytest."""
    stream = sys.__stderr__ or sys.stderr
    stream.write("\n" + "\n".join(lines) + "\n")
    stream.flush()
