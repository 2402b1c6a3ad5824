"""Numbers as people type them: a comma or a point before one or two last digits is the decimal sign in any language.

Without it *10,50* on English pages would be 1,050: ten euros and fifty cents paid a hundred times over.
"""

import re
from decimal import Decimal
from typing import Any

from django import forms

_GROUP = r"\d{1,3}(?:[.,'\s]\d{3})+|\d+"
_DECIMALS = re.compile(rf"([+-]?)({_GROUP})[.,](\d{{1,2}})")


def unlocalized(typed: str) -> str | None:
    """The number with a point, where the last one or two digits can only be decimals; else ``None``.

    >>> [unlocalized(each) for each in ("10,50", "10.5", "1.234,50", "1,234.50", "1,234", "10", "abc")]
    ['10.50', '10.5', '1234.50', '1234.50', None, None, None]
    """
    found = _DECIMALS.fullmatch(typed.strip())
    if found is None:
        return None
    sign, whole, decimals = found.groups()
    return f"{sign}{re.sub(r'[^0-9]', '', whole)}.{decimals}"


class DecimalField(forms.DecimalField):
    """A localized decimal; where three digits follow, the reader's language decides as ever."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"localize": True, **kwargs})

    def to_python(self, value: Any) -> Any:
        plain = unlocalized(value) if isinstance(value, str) else None
        return Decimal(plain) if plain is not None else super().to_python(value)
