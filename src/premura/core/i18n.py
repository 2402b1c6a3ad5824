"""Text that people write in several languages: a JSON column ``{"it": …, "en": …}``."""

from collections.abc import Mapping

from django.utils.translation import get_language

Texts = Mapping[str, str]


def in_language(texts: Texts | str | None, language: str | None = None) -> str:
    """The text in ``language`` (default: the reader's), else in the first language that has one.

    >>> in_language({"it": "Ciao", "en": "Hello"}, "en")
    'Hello'
    >>> in_language({"it": "Ciao"}, "en")
    'Ciao'
    """
    if not texts:
        return ""
    if isinstance(texts, str):
        return texts
    wanted = (language or get_language() or "it")[:2]
    return texts.get(wanted) or next((text for text in texts.values() if text), "")
