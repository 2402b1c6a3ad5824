"""Which reader made a reading: it changes with what the rules do, and only with that."""

import ast
from importlib import resources
from pathlib import Path

import premura.text
from premura.text import version


def modules_read_with() -> set[str]:
    """What `understand` imports of our own library, directly or through others."""
    folder = Path(premura.text.__file__).parent
    waiting, found = ["understanding"], set()
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        tree = ast.parse((folder / f"{name}.py").read_text(encoding="utf-8"))
        sources = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        waiting += [each.rsplit(".", 1)[1] for each in sources if each.startswith("premura.text.")]
    return found


def test_every_module_a_reading_rests_on_is_counted():
    counted = {path.stem for path in resources.files("premura.text").iterdir() if path.name.endswith(".py")}
    counted -= {name.removesuffix(".py") for name in version._BESIDE}
    assert not modules_read_with() - counted - {"logistic"}  # an own aspect is learnt with it, never read


def test_other_words_are_another_reader_and_other_comments_are_not(monkeypatch, tmp_path):
    (tmp_path / "lists.py").write_text('"""Words."""\nGOOD = {"ottimo"}\n', encoding="utf-8")
    (tmp_path / "names.txt").write_text("Ada\n", encoding="utf-8")
    monkeypatch.setattr(version.resources, "files", lambda package: tmp_path)
    digest = version.rules_digest.__wrapped__
    first = digest()

    (tmp_path / "lists.py").write_text(
        '"""Words of praise."""\n\nGOOD = {\n    "ottimo",  # very\n}\n', encoding="utf-8"
    )
    assert digest() == first
    (tmp_path / "lists.py").write_text('GOOD = {"ottimo", "bello"}\n', encoding="utf-8")
    second = digest()
    (tmp_path / "names.txt").write_text("Ada\nUgo\n", encoding="utf-8")
    assert len({first, second, digest()}) == 3
