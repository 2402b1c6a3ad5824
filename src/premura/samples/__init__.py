"""Small invented files to try the product with; ``README.md`` beside them says what each is."""

from importlib.resources import files
from pathlib import Path


def sample(name: str = "noleggio.csv") -> Path:
    """Where a sample file lies."""
    return Path(str(files("premura.samples").joinpath(name)))
