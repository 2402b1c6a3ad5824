"""Bring the data folder up to date: database, static files. Safe to do at every start."""

import argparse

from django.conf import settings
from django.core.management import call_command

from premura.core.statistics import refresh_statistics


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments."""


def run(args: argparse.Namespace) -> int:
    prepare()
    return 0


def prepare() -> None:
    """Create the folders, apply missing migrations, collect static files."""
    for folder in (settings.DATA, settings.MEDIA_ROOT, settings.DATA / "mail"):
        folder.mkdir(parents=True, exist_ok=True)
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    refresh_statistics()
