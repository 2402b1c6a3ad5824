"""Who may do what: four roles, one table.

A role is a set of abilities; a page or verb asks for an ability, never for a role.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    OWNER = "owner", _("owner")
    MANAGER = "manager", _("manager")
    FRONT_LINE = "front_line", _("front line")
    VIEWER = "viewer", _("viewer")


class Ability(models.TextChoices):
    SEE = "see", _("see the pages")
    ASK = "ask", _("ask customers")
    WORK_CASES = "work_cases", _("work on cases and promises")
    EDIT_CUSTOMERS = "edit_customers", _("write down customers")
    SEE_INSIGHTS = "see_insights", _("see results")
    EDIT_LISTENING = "edit_listening", _("write and publish surveys")
    EDIT_KNOWLEDGE = "edit_knowledge", _("write knowledge cards")
    EDIT_RULES = "edit_rules", _("change rules, remedies and deadlines")
    IMPROVE = "improve", _("find causes and open actions")
    MANAGE_TEAM = "manage_team", _("invite people and set limits")
    MANAGE_COMPANY = "manage_company", _("change the company's settings")


_FRONT_LINE = {Ability.SEE, Ability.ASK, Ability.WORK_CASES, Ability.EDIT_CUSTOMERS, Ability.SEE_INSIGHTS}
_MANAGER = _FRONT_LINE | {Ability.EDIT_LISTENING, Ability.EDIT_KNOWLEDGE, Ability.EDIT_RULES, Ability.IMPROVE}

ABILITIES: dict[str, frozenset[str]] = {
    Role.OWNER: frozenset(Ability),
    Role.MANAGER: frozenset(_MANAGER),
    Role.FRONT_LINE: frozenset(_FRONT_LINE),
    Role.VIEWER: frozenset({Ability.SEE, Ability.SEE_INSIGHTS}),
}


def may(role: str, ability: str) -> bool:
    """Whether ``role`` has ``ability``.

    >>> may("viewer", "work_cases"), may("front_line", "work_cases")
    (False, True)
    """
    return ability in ABILITIES.get(role, frozenset())
