"""Read one sheet in a process of its own, with a ceiling on memory, and write its rows as lines of JSON.

A spreadsheet is unpacked and laid out whole by the library that reads it; a malicious one may ask for all the memory
there is, and that ends a process without a word. Here it ends only this one, and the parent can say what happened.

    python -m premura.importers.table.spreadsheet_child FILE [SHEET]
"""

from __future__ import annotations

import json
import os
import sys
from datetime import date, datetime, time, timedelta
from typing import Any

from premura.importers.table.merged import across, down, filled, name_of, opendocument_ranges

MEMORY = 2 << 30


def _cell(value: Any) -> str:
    """One cell as the text a person would have typed; dates in ISO form so that no order has to be guessed."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value) if isinstance(value, timedelta | int) else value


def _hold_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(path: str, wanted: str | None) -> int:
    _hold_memory()
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(path)
    names = list(book.sheet_names)
    write = sys.stdout.write
    if wanted is not None and wanted not in names:
        write(json.dumps({"error": "no-such-sheet", "sheets": names}) + "\n")
        return 0
    for name in [wanted] if wanted is not None else names:
        sheet = book.get_sheet_by_name(name)
        if sheet.height:
            break
    first, left = sheet.start or (0, 0)
    ranges = sheet.merged_cell_ranges
    ranges = opendocument_ranges(path, name) if ranges is None else ranges
    merged = {"down": list(map(name_of, down(ranges)[:3])), "downs": len(down(ranges)),
              "across": list(map(name_of, across(ranges)[:3])), "acrosses": len(across(ranges))}  # fmt: skip
    write(json.dumps({"sheet": name, "sheets": names, "first": first + 1, "merged": merged}) + "\n")
    # iter_rows starts at the top of the sheet, so empty rows above the table keep their numbers
    for row in filled(sheet.iter_rows(), ranges, left):
        write(json.dumps([_cell(value) for value in row], ensure_ascii=True) + "\n")
    write(json.dumps({"end": True}) + "\n")
    return 0


if __name__ == "__main__":
    try:
        code = main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None)
        sys.stdout.flush()
    except BrokenPipeError:
        os._exit(0)
    except MemoryError:
        os._exit(3)
    except Exception as error:
        sys.stdout.write(json.dumps({"error": "damaged", "why": f"{type(error).__name__}: {error}"[:300]}) + "\n")
        sys.stdout.flush()
        code = 4
    sys.exit(code)
