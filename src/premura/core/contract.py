"""What a stage of the loop says about itself; ``premura.loop.wiring`` reads the seven and does the rest."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from premura.core.company.pack import Pack
    from premura.core.customers.models import Customer
    from premura.core.history.models import Event
    from premura.core.staff.models import Person

Handler = Callable[["Event"], None]
Sparing = Callable[[Sequence["Event"]], Collection[int]]
JobHandler = Callable[[Mapping[str, object]], None]


def _nothing_to_forget(customer: "Customer") -> None:
    """The stage keeps nothing that names a customer."""


def _nothing_to_install(pack: "Pack", *, by: "Person") -> None:
    """The stage takes nothing from a sector pack."""


@dataclass(frozen=True, kw_only=True)
class Contract:
    """One stage: the events it emits and wants, its jobs, its clockwork, how it forgets a customer, what it takes
    from a pack.

    ``emits``  event name → what it means and which keys its data has.
    ``wants``  event name → the function of this stage that is called with the event (at least once: be idempotent).
    ``idle``   event name → which of several events ``wants`` would do nothing about, by their ids: asked of many at
               once where most events leave a stage cold. It need not name all of them.
    ``jobs``   job kind → the function that does it, called with the payload.
    """

    stage: str
    emits: Mapping[str, str] = field(default_factory=dict)
    wants: Mapping[str, Handler] = field(default_factory=dict)
    idle: Mapping[str, Sparing] = field(default_factory=dict)
    jobs: Mapping[str, JobHandler] = field(default_factory=dict)
    forget: Callable[["Customer"], None] = _nothing_to_forget
    install_pack: Callable[..., None] = _nothing_to_install
