"""What a reading was made with: the heads, and the rules beside them."""

import ast
import hashlib
from functools import lru_cache
from importlib import resources

from premura.text.careful import tier_digest

#: Modules that no reading rests on: what comes after it, or before it
_BESIDE = {"__init__.py", "corrections.py", "logistic.py", "nearness.py", "themes.py", "version.py"}


@lru_cache(maxsize=2)
def reading_digest(tier: str) -> str:
    """Which reader this is: two readings of a text by the same reader are the same. Twelve digits of a SHA-256 over the
    heads of the tier and the rules; about a fifth of a second at its first call.

    >>> len(reading_digest("quick")), reading_digest("quick") == reading_digest("careful")
    (12, False)
    """
    return hashlib.sha256(f"{tier_digest(tier)}|{rules_digest()}".encode()).hexdigest()[:12]


@lru_cache(maxsize=1)
def rules_digest() -> str:
    """Which rules and word lists are shipped: what the modules do, whatever their comments and docstrings say."""
    files = sorted(resources.files("premura.text").iterdir(), key=lambda file: file.name)
    digest = hashlib.sha256()
    for file in files:
        if file.name.endswith(".py") and file.name not in _BESIDE:
            digest.update(f"{file.name}\n{meaning(file.read_text(encoding='utf-8'))}\n".encode())
        elif file.name.endswith(".txt"):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def meaning(source: str) -> str:
    """What a module does, in one spelling: without comments, docstrings and layout.

    >>> meaning('"A day."  # or two') == meaning("")
    True
    >>> meaning("DAYS = 2") == meaning("DAYS = 3")
    False
    """
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            node.body = [each for each in node.body if not _is_bare_text(each)]
    return ast.dump(tree)


def _is_bare_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
