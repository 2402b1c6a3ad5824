"""The rule between the rooms holds, and the check that says so can fail."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# file to plant in → (line to plant, name of the contract that must break)
PLANTED = {
    "core/errors.py": ("import premura.loop.listen.models", "only downwards"),
    "loop/listen/definition.py": ("import premura.loop.recover.models", "earlier stages"),
    "entrypoints/cli/doctor.py": ("import premura.entrypoints.web.door", "do not know each other"),
    "entrypoints/collect/__init__.py": ("import premura.loop.verify.models", "hot path"),
    "stats/__init__.py": ("import django.utils.timezone", "no framework"),
    "engine/store.py": ("import premura.loop.understand.models", "only downwards"),
    "engine/facts.py": ("import django.utils.timezone", "no framework"),
    "text/__init__.py": ("import premura.core.errors", "no framework"),
    "loop/recover/rules.py": ("import premura.loop.recover.models", "judgement is pure"),
}


def lint(root: Path) -> subprocess.CompletedProcess:
    environment = {**os.environ, "PYTHONPATH": str(root / "src"), "COLUMNS": "200", "PYTHONIOENCODING": "utf-8"}
    command = [
        str(Path(sys.executable).parent / "lint-imports"),
        "--config",
        str(root / "pyproject.toml"),
        "--no-cache",
    ]
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def broken(tmp_path_factory) -> str:
    """What the check says of a copy of the source in which every contract is violated once."""
    copy = tmp_path_factory.mktemp("planted")
    shutil.copy(ROOT / "pyproject.toml", copy)
    shutil.copytree(ROOT / "src", copy / "src", ignore=shutil.ignore_patterns("__pycache__", "*.mo", "static"))
    for name, (line, _) in PLANTED.items():
        path = copy / "src" / "premura" / name
        path.write_text(path.read_text(encoding="utf-8") + f"\n{line}\n", encoding="utf-8")
    result = lint(copy)
    assert result.returncode != 0
    return result.stdout


def test_rooms_are_kept():
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("contract", [name for _, name in PLANTED.values()])
def test_planted_violation_breaks_its_contract(broken, contract):
    verdicts = [line for line in broken.splitlines() if contract in line and line.rstrip().endswith(("BROKEN", "KEPT"))]
    assert verdicts
    assert verdicts[0].rstrip().endswith("BROKEN")
