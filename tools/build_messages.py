"""Compile the message catalogues while the package is built, so that nobody needs gettext installed."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # run by hand: python tools/build_messages.py
    BuildHookInterface = object  # type: ignore[assignment,misc]


def compile_catalogues(root: Path) -> int:
    """Write a .mo beside every .po under ``root``; return how many."""
    count = 0
    for po in sorted(root.glob("src/premura/locale/*/LC_MESSAGES/*.po")):
        with po.open("rb") as source:
            catalogue = read_po(source, locale=po.parent.parent.name)
        with po.with_suffix(".mo").open("wb") as target:
            write_mo(target, catalogue)
        count += 1
    return count


class MessagesBuildHook(BuildHookInterface):
    def initialize(self, version: str, build_data: dict) -> None:
        compile_catalogues(Path(self.root))


if __name__ == "__main__":
    print(f"compiled {compile_catalogues(Path(__file__).parents[1])} catalogues")
