"""Words that people from outside wrote, made fit to stand beside others. Pure.

Kept are all letters of all scripts, accents, emoji with their joiners, and the marks between right-to-left and
left-to-right words: what says something. Gone is what only acts upon its surroundings: control characters, and the
embeddings, overrides and isolates of Unicode (UAX #9) that could turn round the words that stand *beside* a text.
Which way a text runs is told by its own letters; the pages set it apart (``unicode-bidi``).
"""

import re

# C0 but tab and line feed, C1, lone surrogates; soft hyphen, widthless blanks and joiners of nothing; embeddings and
# overrides (202A–202E), isolates (2066–2069) and the deprecated signs after them; annotation marks
_CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u00ad\u180e\u200b\u202a-\u202e\u2060-\u2064\u2066-\u206f"
    "\ufeff\ufff9-\ufffb]"
)
_BREAK = re.compile("\r\n?|[\x85\u2028\u2029]")
# Invisible letters, which spell the flags of England, Scotland and Wales and otherwise hide words in words
_TAGS = re.compile("(\U0001f3f4[\U000e0020-\U000e007e]{1,6}\U000e007f)|[\U000e0000-\U000e007f]+")


def without_control(text: str) -> str:
    """``text`` without control characters and blanks around it, with one kind of line break.

    >>> without_control("totale \\u202e03 €\\u202c \\r\\n"), without_control("نعم שלום 👩‍👩‍👧")
    ('totale 03 €', 'نعم שלום 👩‍👩‍👧')
    """
    if text.isascii() and text.isprintable():
        return text.strip()
    return _TAGS.sub(r"\1", _CONTROL.sub("", _BREAK.sub("\n", text))).strip()


def on_one_line(text: str) -> str:
    """The same, with single blanks between the words: a name, a title.

    >>> on_one_line(" Anna\\n\\u2066 Bruni ")
    'Anna Bruni'
    """
    return " ".join(without_control(text).split())
