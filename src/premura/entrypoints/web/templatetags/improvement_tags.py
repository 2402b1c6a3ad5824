"""Why a case happened, for the case's page: ``{% load improvement_tags %}{% cause_of case as explained %}``."""

from dataclasses import dataclass

from django import template

from premura.entrypoints.web.improvement.forms import CaseCauseForm
from premura.loop.improve.models import CaseCause
from premura.loop.improve.reads import current_cause
from premura.loop.recover.models import Case

register = template.Library()


@dataclass(frozen=True)
class Explained:
    """The cause that holds now, if any, and the form that says or changes it."""

    row: CaseCause | None
    form: CaseCauseForm


@register.simple_tag
def cause_of(case: Case) -> Explained:
    """One query for the cause, one for the choices when the form is shown."""
    row = current_cause(case)
    initial = {"cause": row.cause_id} if row else {}
    return Explained(row, CaseCauseForm(initial=initial, whys=row.whys if row else []))
