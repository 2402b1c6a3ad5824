"""Bring the data folder up to date: database, static files. Safe to do at every start."""

import argparse
from tempfile import NamedTemporaryFile

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from premura.core.statistics import refresh_statistics


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments."""


def run(args: argparse.Namespace) -> int:
    prepare()
    return 0


def prepare() -> None:
    """Create the folders, apply missing migrations, collect static files.

    Raises ``ImproperlyConfigured`` where the data folder cannot be written.
    """
    try:
        for folder in (settings.DATA, settings.MEDIA_ROOT, settings.DATA / "mail"):
            folder.mkdir(parents=True, exist_ok=True)
        # A folder that can be read but not written would fail further down, in words of the database
        with NamedTemporaryFile(dir=settings.DATA, prefix=".probe-"):
            pass
    except OSError as error:
        raise ImproperlyConfigured(
            f"The data folder {settings.DATA} cannot be written: {error.strerror}. Correct its owner, or choose "
            "another one: PREMURA_DATA=folder"
        ) from None
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    refresh_statistics()
