"""Which tiers read comments on this machine: the quick one always, the careful one where it is installed and wanted."""

from django.conf import settings

QUICK, CAREFUL = TIERS = ("quick", "careful")


def is_careful_here() -> bool:
    """Whether what was read quickly is read again with care."""
    return settings.CAREFUL and is_careful_installed()


def is_careful_installed() -> bool:
    """Whether ``premura[careful]`` is there, wanted or not."""
    from premura.text.careful import is_installed

    return is_installed()


def best_tier() -> str:
    """The tier that has the last word."""
    return CAREFUL if is_careful_here() else QUICK
