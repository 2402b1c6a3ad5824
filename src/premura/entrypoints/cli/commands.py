"""The command line: which subcommands exist and what each needs."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

# name → (module with add_arguments(parser) and run(args) -> int, needs the database, one line of help)
COMMANDS: dict[str, tuple[str, bool, str]] = {
    "serve": ("serve", True, "prepare the data folder and serve: web, worker and schedule together"),
    "prepare": ("prepare", True, "bring the data folder up to date (database, static files)"),
    "web": ("web", True, "only the web server"),
    "worker": ("worker", True, "only the worker and the schedule"),
    "demo": ("demo", True, "fill an empty data folder with a demo company"),
    "doctor": ("doctor", True, "say what is wrong, in words; exit code 1 if anything is"),
    "engine": ("engine", True, "say how far the numbers are filled, or fill them anew"),
    "report": ("report", False, "read an export somebody already has and give scores with their doubt"),
    "understand": ("understand", False, "say what comments say: sentiment, aspects, signals, promises with dates"),
    "import": (
        "importing",
        True,
        "bring surveys, responses, customers, reviews or purchases from a file",
    ),
    "export": ("exporting", True, "take out responses (CSV, XLSX, SPSS, Parquet) or a survey (LimeSurvey)"),
    "manage": ("manage", True, "a Django management command, for developers"),
}


def run(arguments: Sequence[str]) -> int:
    """Run one subcommand; its exit code: 0 done, 1 something is wrong, 2 the command or its input could not be read."""
    parser = argparse.ArgumentParser(prog="premura", description="Thoughtful care for customers.")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND")
    # Only the chosen command's module is imported, so that `premura report` needs neither settings nor database
    chosen = next((argument for argument in arguments if argument in COMMANDS), None)
    runners: dict[str, Callable[[argparse.Namespace], int]] = {}
    for name, (module_name, needs_database, help_text) in COMMANDS.items():
        subparser = subparsers.add_parser(name, help=help_text, description=help_text)
        if name == chosen:
            if needs_database:
                _set_up_django()
            module = import_module(f"premura.entrypoints.cli.{module_name}")
            module.add_arguments(subparser)
            runners[name] = module.run
    args = parser.parse_args(arguments)
    if args.command is None:
        parser.print_help()
        return 2
    try:
        return _run_in_words(runners[args.command], args)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader of our output went away (`| head`): not an error worth a traceback
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _run_in_words(runner: Callable[[argparse.Namespace], int], args: argparse.Namespace) -> int:
    """Run it; what is wrong with the installation, not with the program, is said in a sentence."""
    if not COMMANDS[args.command][1] or args.command == "manage":
        return runner(args)
    from django.core.exceptions import ImproperlyConfigured
    from django.db import OperationalError

    try:
        return runner(args)
    except ImproperlyConfigured as error:
        print(f"premura {args.command}: {error}", file=sys.stderr)
    except OperationalError as error:
        print(
            f"premura {args.command}: the database does not do its work: {error}. See: premura doctor", file=sys.stderr
        )
    return 1


def _set_up_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "premura.settings")
    import django
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
    except ImproperlyConfigured as error:
        sys.exit(f"premura: {error}")
