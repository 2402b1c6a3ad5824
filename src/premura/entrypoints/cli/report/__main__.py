"""``python -m premura.entrypoints.cli.report FILE``: the report without the rest of the product."""

import argparse
import sys

from premura.entrypoints.cli.report import add_arguments, run

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="premura report")
    add_arguments(parser)
    sys.exit(run(parser.parse_args()))
