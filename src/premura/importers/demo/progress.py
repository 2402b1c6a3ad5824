"""How far the filling of the demo company is: a small file in the data folder, because the filling is one
transaction.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

DEMO_JOB = "demo.fill"
_FILE = "demo-progress.json"


@dataclass(frozen=True)
class Progress:
    done: int
    total: int


def write_progress(folder: Path, progress: Progress) -> None:
    """Replace the file in one step, so that a reader never sees half of it."""
    fresh = folder / f"{_FILE}.new"
    fresh.write_text(json.dumps(asdict(progress)), encoding="ascii")
    fresh.replace(folder / _FILE)


def read_progress(folder: Path) -> Progress:
    """What was written last; nothing done yet when there is no file."""
    try:
        return Progress(**json.loads((folder / _FILE).read_text(encoding="ascii")))
    except (OSError, ValueError, TypeError):
        return Progress(0, 78)
