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
    # A survey that goes out to LimeSurvey
    "importers/exports/structure.py": ("_contact",),
    # What they tell us unasked, a person to speak to, the page of their case
    "entrypoints/web/tell/forms.py": (),
    "entrypoints/web/tell/public.py": (),
    "entrypoints/web/tell/staff.py": ("_invite",),
    "entrypoints/web/templates/tell/_trap.html": (),
    "entrypoints/web/templates/tell/person.html": (),
    "entrypoints/web/templates/tell/tell.html": (),
    "entrypoints/web/templates/tell/thanks.html": (),
    "entrypoints/web/progress/": (),
    "entrypoints/web/templates/progress/": (),
    "entrypoints/web/templates/base_plain.html": (),
    "entrypoints/web/templates/components/choices_of_look.html": (),
    "entrypoints/web/templates/components/copy_field.html": (),
    "entrypoints/web/templates/components/field.html": (),
    "entrypoints/web/templates/components/toast.html": (),
    "entrypoints/web/templatetags/words.py": ("form_errors",),
    "entrypoints/web/templates/404.html": (),
    "entrypoints/web/templates/refusal.html": (),
    "entrypoints/web/wording.py": ("duration", "at_clock", "moment"),
    "core/errors.py": (),
    "loop/listen/open_page.py": ("take_told",),
    "loop/recover/heard.py": (),
    "loop/recover/progress.py": (),
    "loop/recover/attachments.py": (),
    # Letters, and what they lead to
    "loop/listen/letters.py": ("_letter",),
    "loop/listen/thanking.py": (),
    "loop/listen/templates/listen/letter.html": (),
    "loop/listen/templates/listen/letter.txt": (),
    "loop/listen/templates/listen/message.txt": (),
    "loop/listen/templates/listen/thanks.txt": (),
    "entrypoints/web/templates/mail/unsubscribe.html": (),
    "loop/recover/asking.py": ("_opening",),
    "loop/recover/mailing.py": ("_short", "_foot", "_keeper"),
    "loop/recover/replies.py": ("first_text",),
}


def _listed_as(path: Path) -> str | None:
    name = path.relative_to(SOURCE).as_posix() if path.is_relative_to(SOURCE) else ""
    return next((one for one in CUSTOMERS if name == one or (one.endswith("/") and name.startswith(one))), None)


def speaks_to_customers(path: Path) -> bool:
    """Whether customers read anything of the file."""
    return _listed_as(path) is not None


def is_for_customers(path: Path, line: int) -> bool:
    """Whether customers read what stands at ``line`` of the file."""
    listed = _listed_as(path)
    functions = CUSTOMERS[listed] if listed else ()
    return listed is not None and (not functions or any(line in lines for lines in _lines_of(path, functions)))


@cache
def _lines_of(path: Path, functions: tuple[str, ...]) -> tuple[range, ...]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name in functions]
    if {node.name for node in found} != {*functions}:
        raise LookupError(f"{path}: not all of {functions} are there")
    return tuple(range(node.lineno, (node.end_lineno or node.lineno) + 1) for node in found)
