"""What templates write for programs: attributes and addresses, not words."""

import re
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "premura"
FOR_PROGRAMS = re.compile(r"\{\{ [\w.]*(?:\.pk|\bpk|(?<!auto)(?<!html)_id\b|\brevision)(?! ?\|unlocalize)[^}]*\}\}")


def test_what_a_program_reads_is_not_written_for_people():
    """An id of four digits would become «1.234» in Italian, and lead nowhere."""
    templates = [*SOURCE.rglob("templates/**/*.html"), *SOURCE.rglob("templates/**/*.txt")]
    assert len(templates) > 100
    found = [(path.name, said) for path in templates for said in FOR_PROGRAMS.findall(path.read_text(encoding="utf-8"))]
    assert found == []
    assert FOR_PROGRAMS.search("{{ row.pk }}")
    assert not FOR_PROGRAMS.search("{{ row.pk|unlocalize }}{{ bound.auto_id }}{{ row.name }}")
