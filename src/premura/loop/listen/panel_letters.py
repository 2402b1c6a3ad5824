"""The letters of the panel: the invitation, a new link, and what became of an idea; each in the customer's language."""

from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from premura.core.company.company import the_company
from premura.core.mail.mail import Letter
from premura.core.mail.unsubscribing import unsubscribe_url
from premura.core.staff.models import Person
from premura.loop.listen.idea_models import IdeaDecision
from premura.loop.listen.panel_links import panel_link
from premura.loop.listen.panel_models import PanelMember

_LANGUAGES = ("it", "en")


class PanelLetters:
    """Writes them; what is the same for all is read once."""

    def __init__(self) -> None:
        company = the_company()
        self.company = company.name if company else ""
        self._people = dict(Person.objects.filter(is_active=True).values_list("pk", "name"))

    def invitation(self, member: PanelMember) -> Letter:
        """It asks: so its foot ends all asking, as that of every question does."""
        assert member.customer is not None
        key = f"panel:{member.pk}:{member.serial}"
        return self._letter(member, key, "invitation", unsubscribe=unsubscribe_url(member.customer.pk))

    def new_link(self, member: PanelMember) -> Letter:
        return self._letter(member, f"panel-link:{member.pk}:{member.serial}", "link")

    def news(self, member: PanelMember, decision: IdeaDecision) -> Letter:
        """What became of an idea, with the reason that everybody reads on the board."""
        return self._letter(member, f"panel-news:{member.pk}:{decision.pk}", "news", decision=decision)

    def _letter(
        self,
        member: PanelMember,
        key: str,
        kind: str,
        *,
        unsubscribe: str = "",
        decision: IdeaDecision | None = None,
    ) -> Letter:
        customer = member.customer
        assert customer is not None
        link = panel_link(member)
        with override(customer.language if customer.language in _LANGUAGES else _LANGUAGES[0]):
            context: dict[str, Any] = {
                "kind": kind,
                "name": customer.name,
                "company": self.company,
                "signed_by": self._people.get(customer.keeper_id or 0, ""),
                "link": link,
                "decision": decision,
                "leave": unsubscribe or f"{link}leaving/",
            }
            subjects = {
                "invitation": _("Would you help us choose what to do better?"),
                "link": _("Your new link to the ideas of %(company)s"),
                "news": _("What became of an idea: %(idea)s"),
            }
            idea = decision.idea.title if decision else ""
            return Letter(
                key=key,
                address=customer.email,
                customer_id=customer.pk,
                subject=subjects[kind] % {"company": self.company, "idea": idea},
                text=render_to_string("listen/panel.txt", context).strip(),
                unsubscribe_url=context["leave"],
            )
