"""What customers bought, brought into files beside the facts: months that changed are made anew, every little while."""

import logging
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import uuid4

from django.db.models import Max, Min
from django.utils import timezone

from premura.core.customers.models import Purchase
from premura.engine.embedded import Embedded
from premura.engine.purchases import PurchaseList, PurchaseStore
from premura.engine.store import FactStore, month_end, months_between
from premura.loop.understand.flat import one_moment, write_rows
from premura.loop.understand.models import PurchaseMark

logger = logging.getLogger("premura.engine")
#: While people buy all day the running month is not made anew more often than this.
EVERY = timedelta(seconds=20)
#: So many months in one round: answers are not kept waiting.
MONTHS_AT_ONCE = 6
_SQL = """SELECT p.customer_id, c.location_id, p.bought_on, p.cents, p.currency
FROM customers_purchase p JOIN customers_customer c ON c.id = p.customer_id
WHERE p.bought_on >= '{}' AND p.bought_on <= '{}'"""


class PurchaseExporter:
    """Part of the exporter, which sees to it that only one writes."""

    def __init__(self, facts: FactStore, duck: Embedded) -> None:
        self.store, self.duck = PurchaseStore(facts.folder), duck
        self._looked_at: datetime | None = None

    def round(self, store: str) -> int:
        """Bring some months up to date, of the facts called ``store``; returns how many."""
        now = timezone.now()
        if self._looked_at and now - self._looked_at < EVERY:
            return 0
        known = self.store.listed()
        listed = self._without_damage(known) if known and known.store == store else self._begin(store)
        if listed.waiting:
            months = [date.fromisoformat(month) for month in listed.waiting[:MONTHS_AT_ONCE]]
            self._make(listed, months)
            return len(months)
        self._looked_at = now
        return self._changed(listed)

    def _begin(self, store: str) -> PurchaseList:
        marks = list(PurchaseMark.objects.values_list("pk", flat=True))
        span = Purchase.objects.order_by().aggregate(first=Min("bought_on"), last=Max("bought_on"))
        months = list(months_between(span["first"], span["last"])) if span["first"] else []
        listed = self.store.begin(store, reversed(months))
        # Their months are written after this
        PurchaseMark.objects.filter(pk__in=marks).delete()
        return listed

    def _without_damage(self, listed: PurchaseList) -> PurchaseList:
        """Sizes at every round, the contents once: when the worker starts."""
        found = self.store.spoilt(listed) if self._looked_at is None else self.store.damaged(listed)
        again = [file for file in found if file.month not in listed.waiting]
        for file in again:
            logger.warning("engine: %s of the purchases is damaged or gone; its month is made anew", file.name)
        return self.store.again(listed, (file.month for file in again)) if again else listed

    def _changed(self, listed: PurchaseList) -> int:
        if not PurchaseMark.objects.exists():  # a look is cheaper than a write that finds nothing
            return 0
        # Claimed first: what changes while a month is read is marked again
        PurchaseMark.objects.filter(is_claimed=False).update(is_claimed=True)
        marks = dict(PurchaseMark.objects.filter(is_claimed=True).values_list("pk", "month_on"))
        months = sorted(set(marks.values()))
        self._make(listed, months)
        PurchaseMark.objects.filter(pk__lte=max(marks), is_claimed=True).delete()
        return len(months)

    def _make(self, listed: PurchaseList, months: Iterable[date]) -> None:
        source = self.store.folder / f"{uuid4().hex}.csv"
        try:
            for month in months:
                with one_moment():
                    write_rows(source, _SQL.format(month, month_end(month)))
                listed = self.store.write(listed, month, source, self.duck)
        finally:
            source.unlink(missing_ok=True)
