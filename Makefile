# Thin over tools/dev.py, which also runs where there is no make: python tools/dev.py run
PYTHON ?= python3

.PHONY: help run test soak bench bench-full
help:
	@$(PYTHON) tools/dev.py --help

run:
	@$(PYTHON) tools/dev.py run

test:
	@$(PYTHON) tools/dev.py test

soak:
	@$(PYTHON) tools/dev.py soak $(SOAK)

bench:
	@$(PYTHON) tools/dev.py bench

bench-full:
	@$(PYTHON) tools/dev.py bench --full
