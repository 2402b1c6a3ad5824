"""The command ``premura``; its subcommands are in ``entrypoints/cli``."""

import sys


def main() -> int:
    from premura.entrypoints.cli.commands import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
