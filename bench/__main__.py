"""``python -m bench``: measures, prints, and writes docs/performance.md when asked to."""

from __future__ import annotations

import argparse
import importlib
import sys
import time

from bench import harness
from bench.places import place

#: modules of this folder with SECTIONS
MODULES = ("reading", "pages", "importing", "writing")
SHORT = {"orders": 100_000, "small": 10_000, "rounds": 9}
FULL = {"orders": 1_000_000, "small": 10_000, "rounds": 15}


def main() -> int:
    """Run what was asked for; 0 unless a section fails."""
    parser = argparse.ArgumentParser(prog="bench", description="Measure Handoff beside raw SQL on the same data.")
    parser.add_argument("sections", nargs="*", help="names of sections, or of modules (default: all)")
    parser.add_argument("--full", action="store_true", help="a million orders instead of a hundred thousand")
    parser.add_argument("--write", action="store_true", help="put the results into docs/performance.md")
    parser.add_argument("--on", choices=("sqlite", "postgresql"), action="append", help="one database only")
    options = parser.parse_args()
    sizes = FULL if options.full else SHORT
    for kind in options.on or ("sqlite", "postgresql"):
        databases = place(kind)
        try:
            bench = harness.Bench(kind, **sizes, database=databases.prepared, copy=databases.copy)
            for module in MODULES:
                for measure in importlib.import_module(f"bench.{module}").SECTIONS:
                    if options.sections and not {module, measure.__name__} & set(options.sections):
                        continue
                    begun = time.monotonic()
                    section = measure(bench)
                    print(f"\n{section.title}\n\n" + "\n".join(section.lines), flush=True)
                    print(f"({time.monotonic() - begun:.0f} s)", flush=True)
                    if options.write:
                        again = "make bench-full" if options.full else "make bench"
                        harness.write(section, command=f"{again} ({measure.__name__}, {kind})")
        finally:
            databases.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
