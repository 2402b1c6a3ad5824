"""What the customers of the demo company bought: after each contact perhaps, and more seldom after a bad one."""

import random
from datetime import date, timedelta
from typing import TYPE_CHECKING

from premura.core.company.company import local_date
from premura.core.customers.models import Interaction, Purchase
from premura.importers.purchases.writing import SOURCE
from premura.loop.listen.models import Answer

if TYPE_CHECKING:
    from premura.importers.demo.fill import Demo

SEED = 77
#: Customers who have had a bad day buy less often afterwards.
SOURNESS = 0.35


def add_purchases(demo: "Demo") -> None:
    """One invoice after most contacts, in time order; a few are given back in part."""
    chance = random.Random(SEED)  # noqa: S311  # a story, not a secret
    marks = Answer.objects.filter(kind="csat", response__interaction__isnull=False)
    sour: set[int] = set()
    felt = dict(marks.values_list("response__interaction", "score"))
    rows: list[Purchase] = []
    for met in Interaction.objects.order_by("happened_at", "pk").only("pk", "customer_id", "happened_at"):
        wants = 0.75 * (SOURNESS if met.customer_id in sour else 1)
        if chance.random() < wants:
            day = local_date(met.happened_at) + timedelta(days=chance.randrange(4))
            cents = 100 * max(40, round(chance.lognormvariate(5.4, 0.7)))
            if day <= demo.last_day:
                rows.append(_row(met, day, cents, len(rows)))
                if chance.random() < 0.03:
                    rows.append(_row(met, day, -cents // 4, len(rows)))
        score = felt.get(met.pk)
        if score is not None:
            (sour.add if score <= 2 else sour.discard)(met.customer_id)
    Purchase.objects.bulk_create(rows, batch_size=500)


def _row(met: Interaction, day: date, cents: int, number: int) -> Purchase:
    return Purchase(
        customer_id=met.customer_id, bought_on=day, cents=cents, source=SOURCE, external_id=f"{day.year}/{number + 1}"
    )
