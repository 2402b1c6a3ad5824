"""The letters that ask: an invitation and a reminder, in the customer's language, with a first answer to tap.

A tap opens the page with that answer chosen; only sending the page counts. Scanners that fetch every link of a mail
therefore answer nothing. Everybody gets the same links, whatever they think of us.
"""

from typing import Any
from urllib.parse import urlencode

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from premura.core.channels import Channel
from premura.core.company.company import review_link, the_company
from premura.core.company.models import Location
from premura.core.customers.models import Customer
from premura.core.errors import PremuraError
from premura.core.i18n import in_language
from premura.core.languages import CODES
from premura.core.mail.gateway import gateways
from premura.core.mail.mail import Letter
from premura.core.mail.models import Way
from premura.core.mail.reach import way_to
from premura.core.mail.unsubscribing import unsubscribe_url
from premura.core.staff.models import Person
from premura.loop.listen.asking import PREFIX, Asked, ask
from premura.loop.listen.definition import definition_from
from premura.loop.listen.links import public_link
from premura.loop.listen.models import Invitation, Survey
from premura.loop.listen.surveys import current_version

_MOST_CHOICES = 11


class Letters:
    """Writes the letters of one survey; what is the same for all is read once."""

    def __init__(self, survey: Survey) -> None:
        version = current_version(survey)
        if version is None:
            raise PremuraError("not-published", _("This survey is not published: there is nothing to answer yet."))
        self.survey = survey
        self.definition = definition_from(version.definition)
        company = the_company()
        self.company = company.name if company else ""
        self._company = company
        owner = survey.programme.owner
        self.signed_by = owner.name if owner and owner.is_active else ""
        self._people = dict(Person.objects.filter(is_active=True).values_list("pk", "name"))
        self._codes = dict(Location.objects.values_list("pk", "code"))
        self._first: dict[str, Asked | None] = {}
        self._texts = frozenset(gateways())

    def way_to(self, customer: Customer) -> tuple[str, str]:
        """By letter or by text message, and where to; both empty when there is no way."""
        return way_to(
            email=customer.email, phone=customer.phone, preferred=customer.preferred_channel, texts=self._texts
        )

    def signature(self, customer: Customer) -> str:
        """Who looks after this customer signs; else who answers for the programme."""
        return self._people.get(customer.keeper_id or 0, self.signed_by)

    def review_link(self, place: Location | None) -> str:
        """Where everybody who answered may say it in public too; nothing where colleagues or observers answer."""
        return review_link(self._company, place) if self.survey.is_of_customers else ""

    def language_of(self, customer: Customer) -> str:
        offered = [code for code in self.definition.languages if code in CODES] or ["it"]
        return customer.language if customer.language in offered else offered[0]

    def channel_to(self, customer: Customer) -> Channel:
        """How the answer will have come: a text message holds nothing but a link."""
        return Channel.EMAIL if self.way_to(customer)[0] == Way.EMAIL else Channel.LINK

    def invitation(self, invitation: Invitation, customer: Customer, *, key: str, opening: str = "") -> Letter:
        """``opening``: why we ask, in the customer's language, where it is more than that they were with us."""
        return self._letter(invitation, customer, key, is_reminder=False, opening=opening)

    def reminder(self, invitation: Invitation, customer: Customer, *, key: str) -> Letter:
        return self._letter(invitation, customer, key, is_reminder=True)

    def _letter(
        self, invitation: Invitation, customer: Customer, key: str, *, is_reminder: bool, opening: str = ""
    ) -> Letter:
        language = self.language_of(customer)
        unsubscribe = unsubscribe_url(customer.pk)
        with override(language):
            context = self._context(invitation, customer, language) | {
                "is_reminder": is_reminder,
                "opening": opening,
                "unsubscribe": unsubscribe,
            }
            subject = _("How did it go with %(company)s?") if not is_reminder else _("Your opinion of %(company)s")
            way, address = self.way_to(customer)
            is_letter = way == Way.EMAIL
            return Letter(
                key=key,
                channel=way,
                address=address,
                customer_id=customer.pk,
                subject=subject % {"company": self.company},
                text=render_to_string("listen/letter.txt" if is_letter else "listen/message.txt", context).strip(),
                html=render_to_string("listen/letter.html", context) if is_letter else "",
                unsubscribe_url=unsubscribe,
            )

    def _context(self, invitation: Invitation, customer: Customer, language: str) -> dict[str, Any]:
        code = self._codes.get(invitation.location_id or 0, "")
        link = public_link(self.survey, location=code, channel=invitation.channel, token=invitation.token)
        asked = self._asked(language)
        choices = []
        if asked is not None:
            choices = [
                (choice.label, choice.meaning, f"{link}&{urlencode({PREFIX + asked.code: choice.value})}")
                for choice in asked.choices
            ]
        return {
            "language": language,
            "name": customer.name,
            "company": self.company,
            "signed_by": self.signature(customer),
            "title": in_language(self.definition.title, language),
            "asked": asked,
            "choices": choices,
            "link": link,
        }

    def _asked(self, language: str) -> Asked | None:
        """The first question when one tap can answer it; else nothing."""
        if language not in self._first:
            questions = self.definition.questions
            asked = ask(questions[0], language) if questions else None
            fits = asked and asked.layout == "choices" and not asked.is_multiple and len(asked.choices) <= _MOST_CHOICES
            self._first[language] = asked if fits else None
        return self._first[language]
