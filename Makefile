# Thin over tools/dev.py, which also runs where there is no make: python tools/dev.py run
PYTHON ?= python3

.PHONY: help run test
help:
	@$(PYTHON) tools/dev.py --help

run:
	@$(PYTHON) tools/dev.py run

test:
	@$(PYTHON) tools/dev.py test
