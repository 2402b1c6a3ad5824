"""The catalogue of what we can do to put something right, and what each entry costs."""

from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from premura.core.company.company import unused_code
from premura.core.errors import PremuraError
from premura.core.history.history import record
from premura.core.i18n import in_language
from premura.core.staff.models import Person
from premura.loop.recover import rules
from premura.loop.recover.models import CostRule, Remedy

#: Remedies of which one says how much
TAKES_AMOUNT = frozenset({CostRule.AMOUNT, CostRule.PERCENT})


def cost_of(remedy: Remedy, amount: Decimal | None = None) -> Decimal:
    """What giving ``remedy`` costs, in the company's currency, to the cent.

    Errors: ``amount-needed``; ``amount-not-possible`` (zero or less, not a number, fractions of a cent, too large).
    """
    if remedy.cost_rule in TAKES_AMOUNT:
        _check(amount)
    cost = rules.cost(remedy.cost_rule, remedy.cost, amount)
    if cost > rules.MOST:
        raise PremuraError("amount-not-possible", _("This amount is too large."))
    return cost


def _check(amount: Decimal | None) -> None:
    if amount is None:
        raise PremuraError("amount-needed", _("Say how much: this remedy costs what you give."))
    if not amount.is_finite() or amount <= 0:
        raise PremuraError("amount-not-possible", _("The amount must be more than zero."))
    if amount > rules.MOST:
        raise PremuraError("amount-not-possible", _("This amount is too large."))
    if amount != amount.quantize(rules.CENT):
        raise PremuraError("amount-not-possible", _("An amount has at most two decimals."))


def add_remedy(
    *, by: Person | None, name: dict[str, str], kind: str, cost_rule: str, cost: Decimal = Decimal(0)
) -> Remedy:
    """A new entry at the end of the catalogue."""
    taken = set(Remedy.objects.values_list("code", flat=True))
    with transaction.atomic():
        remedy = Remedy.objects.create(
            code=unused_code(in_language(name), taken),
            name=name,
            kind=kind,
            cost_rule=cost_rule,
            cost=cost,
            position=len(taken),
        )
        record("remedy.added", by=by, about=remedy, data={"kind": kind, "cost_rule": cost_rule, "cost": str(cost)})
    return remedy


def change_remedy(remedy: Remedy, *, by: Person | None, **fields: Any) -> Remedy:
    """Change an entry from now on; what the ledger says of earlier gestures stays as it was."""
    changed = [name for name, value in fields.items() if getattr(remedy, name) != value]
    if not changed:
        return remedy
    with transaction.atomic():
        for name in changed:
            setattr(remedy, name, fields[name])
        remedy.save(update_fields=changed)
        record("remedy.changed", by=by, about=remedy, data={"fields": changed})
    return remedy
