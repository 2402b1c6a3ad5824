"""A living company for the tests of whole pages: one of everything that an address can name, all of it in Vicenza."""

import io
import sys
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.template import VariableDoesNotExist, engines
from django.template.base import FilterExpression, Variable
from django.template.context import BaseContext
from PIL import Image
from tests.pictures import picture


@pytest.fixture
def founded(db):
    """A rental firm on its first day, with places in Vicenza and Padova."""
    from premura.core.company.models import Company
    from premura.loop.founding import Founding, found_company

    owner = found_company(
        Founding(
            company="Nolo Prova",
            sector="rental",
            language="it",
            person="Olga Proprietaria",
            email="olga@example.it",
            password="parola-di-prova-1",
            locations=("Vicenza", "Padova"),
        )
    )
    return SimpleNamespace(company=Company.objects.get(), owner=owner)


@pytest.fixture
def people(founded):
    """Who comes to a door, by persona; ``outsider`` is nobody."""
    from premura.core.company.models import Location
    from premura.core.staff.models import Person

    def hire(role: str, name: str, *places: str) -> Person:
        person = Person.objects.create_user(
            f"{name.split()[0].lower()}@example.it", "parola-di-prova-1", name=name, role=role, language="it"
        )
        person.locations.set(Location.objects.filter(code__in=places))
        return person

    return {
        "owner": founded.owner,
        "manager": hire("manager", "Marta Manager", "vicenza"),
        "colleague": hire("front_line", "Carlo Collega", "vicenza"),
        "elsewhere": hire("front_line", "Elena Altrove", "padova"),
        "viewer": hire("viewer", "Vito Visore"),
        "outsider": None,
    }


@pytest.fixture
def world(founded, people, work):
    """One of everything: a detractor in Vicenza whose case has a gesture, a request, a cause and two actions."""
    from django.utils import timezone

    from premura.core.company.models import ClosedDay, Location
    from premura.loop.equip.bulletins import publish_bulletin
    from premura.loop.equip.models import KnowledgeCard
    from premura.loop.listen.subjects import add_competitor
    from premura.loop.recover.models import CaseRule, Remedy, RuleHold
    from premura.loop.recover.vague import add_phrase

    made = SimpleNamespace(
        here=Location.objects.get(code="vicenza"),
        somebody=people["colleague"],
        card=KnowledgeCard.objects.first(),
        remedy=Remedy.objects.get(code="refund"),
        rule=CaseRule.objects.first(),
        closed_day=ClosedDay.objects.create(closed_on=date(2026, 12, 31), reason="Inventario"),
    )
    made.hold = RuleHold.objects.create(rule=made.rule, would_open=10_000, held_at=timezone.now())
    made.bulletin = publish_bulletin("Nuovi orari", "Da lunedì alle 7.", by=people["owner"], location=made.here)
    made.phrase = add_phrase("vague", "quando rientra il furgone", by=people["owner"])
    _listen(made, people)
    _keep_views(made, people["owner"])
    work()
    _put_right(made, people)
    _improve(made, people)
    _bring_in(made, people["owner"])
    made.competitor = add_competitor("Noleggi Altopiano", by=people["owner"])
    _ask_by_itself(made, people["owner"])
    _propose(made, people["owner"])
    _tell(made, people["owner"])
    work()
    return made


def _propose(made, owner) -> None:
    from django.utils import timezone

    from premura.loop.listen.idea_comments import add_comment
    from premura.loop.listen.ideas import decide_idea, merge_idea, propose_idea, vote_for
    from premura.loop.listen.panel import join_panel
    from premura.loop.listen.panel_models import PanelMember

    made.idea = propose_idea("Aprire il sabato", "Chi lavora ha solo il sabato.", key="i1", language="it")
    again = propose_idea("Aprite anche di sabato", "", key="i2", language="it")
    propose_idea("Aprire al sabato mattina", "", key="i3", language="it")
    decide_idea(made.idea, "planned", "Da aprile", by=owner)
    merge_idea(again, made.idea, by=owner)
    made.idea.refresh_from_db()
    asked = PanelMember.objects.create(customer=made.customer, invited_at=timezone.now())
    made.member = join_panel(asked, "R. Rossi", wants_mail=True)
    vote_for(made.idea, "", member=made.member)
    add_comment(made.idea, "Di sabato mattina", key="c3", member=made.member)
    made.idea_comment = add_comment(made.idea, "Anche per noi", key="c1")
    add_comment(made.idea, "Ci stiamo lavorando", key="c2", by=owner)


def _tell(made, owner) -> None:
    from premura.loop.listen.stories import add_story, withdraw_story
    from premura.loop.listen.story_pictures import add_picture

    said = {"uses": ["site"], "how": "Per e-mail", "by": owner, "customer": made.customer}
    made.story = add_story("Un costruttore", "In un'ora avevamo un'altra macchina.", **said)
    out = io.BytesIO()
    Image.new("L", (4, 4)).save(out, "PNG")
    yes = {"shows": "Il cortile", "how": "Per e-mail", "by": owner}
    made.story_picture = add_picture(made.story, out.getvalue(), **yes)
    withdraw_story(add_story("Un altro", "Ripreso", **said), "al telefono", by=owner)


def _ask_by_itself(made, owner) -> None:
    from premura.core.mail.models import BadAddress
    from premura.loop.listen.definition import draft_from
    from premura.loop.listen.library import keep_question
    from premura.loop.listen.models import Trigger
    from premura.loop.listen.triggers import save_trigger

    row = Trigger(programme=made.programme, survey=made.survey, touchpoint=made.touchpoint, days=1)
    made.trigger = save_trigger(row, owner)
    made.kept = keep_question(draft_from(made.survey.draft).questions[0], owner)
    made.bad_address = BadAddress.objects.create(
        address="nessuno@example.org", marked_at=made.response.answered_at, reason="550 5.1.1"
    )


def _keep_views(made, owner):
    from premura.loop.understand.models import CompanyAspect, Theme
    from premura.loop.understand.saved_views import save_view

    made.theme = Theme.objects.create(words=["betoniera"], label="betoniera", found_at=made.response.answered_at)
    unread = {"learnt": {}, "digest": "-", "created_at": made.response.answered_at}
    made.company_aspect = CompanyAspect.objects.create(name={"it": "Gru", "en": "Cranes"}, words=["gru"], **unread)
    made.kept_view = save_view("Le mie sedi", {"metric": "csat", "by": "location"}, by=owner)
    made.shared_view = save_view("Per tutti", {"metric": "nps", "by": "channel"}, by=owner, is_shared=True)


def _listen(made, people) -> None:
    from premura.core.customers.customers import Meeting, add_customer, add_interaction
    from premura.core.journeys.models import Touchpoint
    from premura.loop.listen.invitations import invite_customer
    from premura.loop.listen.models import Programme, Survey
    from premura.loop.listen.submissions import receive_submission, unfold_submission
    from premura.loop.listen.surveys import publish_survey

    colleague = people["colleague"]
    made.programme, made.survey = Programme.objects.get(), Survey.objects.get()
    made.touchpoint = Touchpoint.objects.get(code="machine")
    made.version = publish_survey(made.survey, people["owner"])
    made.customer = add_customer(
        by=colleague, name="Rossi Costruzioni", phone="0444 555000", email="rossi@example.org", location=made.here
    )
    meeting = Meeting(touchpoint=made.touchpoint, channel="counter", location=made.here)
    interaction = add_interaction(made.customer, meeting, by=colleague)
    made.invitation = invite_customer(
        made.survey, made.customer, "qr", colleague, interaction=interaction, location=made.here
    )
    said = {"nps": 2, "machine": 1, "counter": 4, "ces": 3, "improve": "La betoniera era sporca e non partiva."}
    received = receive_submission(
        made.version, said, key="prima", language="it", channel="qr", token=made.invitation.token
    )
    made.response = unfold_submission(received)
    made.comment = made.response.answers.get(question="improve")
    given = {"language": "en", "channel": "link", "location_code": "vicenza"}
    unfold_submission(receive_submission(made.version, {"nps": 10, "improve": "Quick."}, key="seconda", **given))
    again = add_interaction(made.customer, meeting, by=colleague)
    made.open_invitation = invite_customer(
        made.survey, made.customer, "qr", colleague, interaction=again, location=made.here
    )


def _put_right(made, people) -> None:
    from django.utils import timezone

    from premura.loop.promise.commitments import make_commitment
    from premura.loop.promise.needs import add_need, propose_solution, settle_need
    from premura.loop.recover.attachments import Given
    from premura.loop.recover.cases import assign_case, write_message
    from premura.loop.recover.gestures import give_gesture
    from premura.loop.recover.models import Case, IncomingMail, Remedy
    from premura.loop.recover.progress import hear_customer
    from premura.loop.recover.reviewing import Criterion
    from premura.loop.recover.reviews import Looked, review_reply

    colleague = people["colleague"]
    made.case = Case.objects.get()
    assign_case(made.case, colleague, by=people["owner"], reason="Conosce il cliente")
    made.reply = write_message(
        made.case, "out", "Ci scusi. La sostituiamo oggi alle 16.", by=colleague, channel="phone"
    )
    looked = Looked(
        marks=dict.fromkeys(Criterion.values, "no"),
        good="Il giorno",
        next_time="Chiedere scusa prima",
        again_on=timezone.localdate(),
    )
    made.reply_review = review_reply(made.reply, looked, by=people["owner"])
    sent = hear_customer(made.case, "Ecco la foto", files=[Given("foto.png", picture())])
    made.file = sent.attachments.get()
    made.gesture = give_gesture(
        made.case, Remedy.objects.get(code="refund"), by=colleague, amount=Decimal(40), key="g1"
    )
    made.request = give_gesture(
        made.case, Remedy.objects.get(code="refund"), by=colleague, amount=Decimal(180), key="g2"
    )
    made.promise = make_commitment(
        "Richiamare dopo la consegna",
        owner=colleague,
        due=timezone.now() + timedelta(days=2),
        by=colleague,
        customer=made.customer,
        location=made.here,
    )

    made.held_mail = IncomingMail.objects.create(
        message_id="<x@example.org>", address="x@example.org", subject="Ancora io", text="Ancora", outcome="held",
        case=made.case, received_at=timezone.now(),
    )  # fmt: skip
    made.need = add_need(made.customer, "Una consegna la notte", by=colleague)
    met = add_need(made.customer, "Una fattura sola al mese", by=colleague)
    propose_solution(met, "Fattura riepilogativa", by=colleague)
    settle_need(met, is_met=True, by=colleague, note="Va bene così")


def _improve(made, people) -> None:
    from django.utils import timezone

    from premura.loop.improve.actions import complete_action, open_action
    from premura.loop.improve.causes import set_cause
    from premura.loop.improve.defects import report_defect
    from premura.loop.improve.models import RootCause
    from premura.loop.improve.targets import set_target
    from premura.loop.verify.checks import run_check, schedule_check

    manager, today = people["manager"], timezone.localdate()
    made.cause = RootCause.objects.filter(touchpoint=made.touchpoint).get()
    set_cause(made.case, made.cause, by=manager, whys=["Non era stata lavata", "Nessuno controlla all'uscita"])
    plan = {
        "customer_effect": "La macchina parte subito",
        "owner": manager,
        "due_on": today + timedelta(days=10),
        "metric": "csat",
        "expected_change": 0.1,
        "touchpoint": made.touchpoint,
        "location": made.here,
    }
    made.action = open_action(made.cause, by=manager, title="Controllo firmato prima dell'uscita", **plan)
    made.done_action = open_action(made.cause, by=manager, title="Lavaggio la sera prima", **plan)
    complete_action(made.done_action, by=manager, completed_on=today - timedelta(days=1))
    yesterday = timezone.now() - timedelta(days=1)
    made.defect = report_defect(
        "Dopo le cinque non risponde nessuno", by=people["colleague"], location=made.here, at=yesterday
    )
    days = {"valid_from": today - timedelta(days=30), "valid_to": today + timedelta(days=60)}
    made.target = set_target("csat", 0.8, by=manager, why="Come l'anno scorso", location=made.here, **days)
    made.done_action.refresh_from_db()
    made.check = schedule_check(made.done_action, by=manager)
    run_check(made.check, by=manager)


def _bring_in(made, owner) -> None:
    from datetime import timedelta

    from django.utils import timezone

    from premura.importers.models import ImportedFile
    from premura.importers.neutral import Review
    from premura.importers.responses.keeping import rejected_file
    from premura.importers.reviews.by_hand import add_review

    made.brought = ImportedFile.objects.create(
        name="vecchie.csv",
        sha256="0" * 64,
        source="vecchie",
        imported_at=timezone.now(),
        imported_by=owner,
        rows=2,
        accepted=1,
        rejected=1,
    )
    made.review = add_review(
        "Tripadvisor",
        Review("", 4, "Attesa lunga, ma gentili", timezone.now() - timedelta(days=2)),
        location=made.here,
        by=owner,
        now=timezone.now(),
    )
    rejected_file(made.brought).write_text("line,reason\n2,Voto 11 fuori scala\n", encoding="utf-8")


class Absences(str):
    """What the template engine prints for a name that it cannot resolve: nothing, as always; but it is noted.

    Not noted: something of a thing that is ``None`` or empty, and names with a ``default``, which say themselves that
    they may be absent.
    """

    noted: list[str]

    def __bool__(self) -> bool:
        frame = sys._getframe(1)  # FilterExpression.resolve asks whether there is anything to print
        expression, context = frame.f_locals.get("self"), frame.f_locals.get("context")
        if isinstance(expression, FilterExpression) and not is_optional(expression, context):
            self.noted.append(f"{expression.token} in {context.template.name or context.template.origin}")
        return False


def is_optional(expression: FilterExpression, context: BaseContext) -> bool:
    if any(function.__name__ in {"default", "default_if_none"} for function, _args in expression.filters):
        return True
    names = expression.var.lookups or ()
    for end in range(1, len(names)):
        try:
            if Variable(".".join(names[:end])).resolve(context) in (None, ""):
                return True
        except VariableDoesNotExist:
            return False
    return False


@pytest.fixture
def absences(monkeypatch):
    """The names that templates asked for in vain."""
    watch = Absences("")
    watch.noted = []
    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", watch)
    return watch.noted
