"""What a catalogue did not know while pages were made in its language."""

from django.utils.translation import trans_real


class Unspoken:
    """Stands behind a catalogue and keeps what is asked beyond it."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def gettext(self, message: str) -> str:
        self.asked.append(message)
        return message

    def ngettext(self, one: str, many: str, number: int) -> str:
        return self.gettext(one)


def listening_behind(language: str, monkeypatch) -> Unspoken:
    catalogue, found = trans_real.translation(language), Unspoken()
    monkeypatch.setattr(catalogue, "_fallback", found)
    return found
