"""The floors: pyproject.toml says which room may know which, and nobody breaks it."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.source import ROOT


def test_every_import_contract_is_kept():
    pytest.importorskip("importlinter", reason="import-linter is in requirements-dev.txt")
    command = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run([command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "0 broken" in result.stdout
