"""What is kept of a file that was brought in: its bytes, under their hash, and its refused rows."""

import hashlib
import shutil
from pathlib import Path

from django.conf import settings

from premura.importers.models import ImportedFile


def imports_folder() -> Path:
    """Where files that were brought in are kept."""
    folder = Path(settings.MEDIA_ROOT) / "imports"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def hash_of(path: Path) -> str:
    """SHA-256 of the file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def keep_file(path: Path, sha256: str) -> None:
    """Copy the raw file; the same bytes are kept once."""
    target = imports_folder() / f"{sha256}{path.suffix.lower()}"
    if not target.exists():
        part = target.with_suffix(".part")
        shutil.copyfile(path, part)
        part.replace(target)


def kept_file(imported: ImportedFile) -> Path:
    """Where the bytes of this import are kept."""
    return imports_folder() / f"{imported.sha256}{Path(imported.name).suffix.lower()}"


def rejected_file(imported: ImportedFile) -> Path:
    """Where the refused rows of this import stand."""
    return imports_folder() / f"{imported.pk}-rejected.csv"
