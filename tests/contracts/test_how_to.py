"""What the how-to pages tell people to do, done."""

import os
import re
import shutil
import subprocess
import sys

import pytest

from tests.support.source import ROOT, tracked

BLOCK = re.compile(r"^`([\w/.]+)`:\n\n```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def copy_of_the_project(folder):
    for path in tracked():
        target = folder / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)


def in_project(folder, *words):
    environ = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{folder}/try.sqlite3",
        "SECRET_KEY": "only for tests " * 3,
        "PYTHONPATH": str(folder),
    }
    done = subprocess.run(
        [sys.executable, "-m", *words], cwd=folder, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.mark.slow
def test_a_department_is_a_folder_and_one_line(tmp_path):
    page = (ROOT / "docs/how-to/add-a-department.md").read_text(encoding="utf-8")
    files = dict(BLOCK.findall(page))
    assert len(files) == 7
    copy_of_the_project(tmp_path)
    for name, text in files.items():
        target = tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    wiring = tmp_path / "app/wiring.py"
    before = wiring.read_text(encoding="utf-8")
    after = before.replace("\nRECORDS = ", "\nfrom app.departments import quality\n\nRECORDS = ", 1)
    after = re.sub(r"^DEPARTMENTS = \(", "DEPARTMENTS = (\n    quality,", after, count=1, flags=re.MULTILINE)
    assert after.count("quality") == before.count("quality") + 2
    wiring.write_text(after, encoding="utf-8")

    in_project(tmp_path, "flask", "db", "upgrade")
    in_project(tmp_path, "flask", "db", "revision", "inspections")
    in_project(tmp_path, "flask", "db", "upgrade")
    in_project(tmp_path, "flask", "db", "check")
    said = in_project(tmp_path, "pytest", "-q", "-k", "sqlite", "tests/departments/quality")
    assert "4 passed" in said
    in_project(tmp_path, "ruff", "check", "app/departments/quality", "tests/departments/quality")
    shutil.rmtree(tmp_path)
