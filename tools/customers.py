"""Where customers are spoken to: the messages that every language in which a survey may be asked needs.

A file whose other words are for staff is listed with the functions that speak to customers.
"""

import ast
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).parents[1] / "src" / "premura"
#: Path below ``src/premura`` → its functions that speak to customers; none named: all of it
CUSTOMERS: dict[str, tuple[str, ...]] = {
    # The public page
    "entrypoints/collect/": (),
    "loop/listen/asking.py": (),
    "loop/listen/scales.py": (),
    "loop/listen/sentences.py": (),
    # The page as the preview and the printer show it
    "entrypoints/web/listening/previews.py": (),
    "entrypoints/web/templates/listening/preview_frame.html": (),
    "entrypoints/web/prints/paper.py": (),
    "entrypoints/web/prints/posters.py": (),
    "loop/listen/conditions.py": (),
    # Letters, and what they lead to
    "loop/listen/letters.py": ("_letter",),
    "loop/listen/thanking.py": (),
    "loop/listen/templates/listen/": (),
    "entrypoints/web/templates/mail/unsubscribe.html": (),
    "loop/recover/asking.py": ("_opening",),
    "loop/recover/mailing.py": ("_short", "_foot", "_keeper"),
    "loop/recover/replies.py": ("first_text",),
}


def is_for_customers(path: Path, line: int) -> bool:
    """Whether customers read what stands at ``line`` of the file."""
    name = path.relative_to(SOURCE).as_posix() if path.is_relative_to(SOURCE) else ""
    for listed, functions in CUSTOMERS.items():
        if name == listed or (listed.endswith("/") and name.startswith(listed)):
            return not functions or any(line in lines for lines in _lines_of(path, functions))
    return False


@cache
def _lines_of(path: Path, functions: tuple[str, ...]) -> tuple[range, ...]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name in functions]
    if {node.name for node in found} != {*functions}:
        raise LookupError(f"{path}: not all of {functions} are there")
    return tuple(range(node.lineno, (node.end_lineno or node.lineno) + 1) for node in found)
