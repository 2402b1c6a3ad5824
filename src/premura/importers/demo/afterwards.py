"""What the people of the demo company did about it: replies, gestures, promises, causes, actions."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from premura.core.customers.models import Customer
from premura.core.jobs.jobs import do_due_jobs
from premura.core.journeys.models import Touchpoint
from premura.core.staff.models import Person
from premura.importers.demo.story import LEAFLET_WEEK, TRUCKS_CHANGED_WEEK, WEEKS
from premura.loop import wiring
from premura.loop.improve.actions import complete_action, open_action
from premura.loop.improve.causes import set_cause
from premura.loop.improve.models import CorrectiveAction, RootCause
from premura.loop.promise.calls import log_call
from premura.loop.promise.commitments import break_commitment, keep_commitment, make_commitment
from premura.loop.promise.models import Commitment, CommitmentKind
from premura.loop.recover.cases import BY_HAND, open_case, reopen_case, resolve_case, write_message
from premura.loop.recover.gestures import give_gesture
from premura.loop.recover.models import Case, Gesture, Remedy, RemedyKind
from premura.loop.verify.checks import run_check, schedule_check

if TYPE_CHECKING:
    from premura.importers.demo.fill import Demo

WINDOW = 150


def work_on_cases(demo: "Demo") -> None:
    """Everything still open is worked on as the firm would: mostly in time, sometimes late, the newest not yet."""
    for case in Case.objects.filter(is_open=True, first_answered_at__isnull=True).select_related(
        "customer", "owner", "touchpoint"
    ):
        _work_on(demo, case)
    do_due_jobs(wiring.do)


def _work_on(demo: "Demo", case: Case) -> None:
    chance, person = demo.chance, case.owner or demo.manager
    language = case.customer.language if case.customer else demo.language
    # Working time: mostly at once, sometimes half a day later, now and then forgotten for days
    delay = timedelta(minutes=chance.choice((10, 20, 30, 45, 60, 90, 110, 5 * 60, 24 * 60)))
    answered_at = demo.calendar.add(case.opened_at, delay)
    resolved_at = demo.calendar.add(answered_at, timedelta(hours=chance.choice((1, 1, 2, 3, 4, 5, 8, 30))))
    # Of the newest cases a third is still untouched and a third is answered but not solved
    still = case.pk % 3 if case.opened_at > demo.now - timedelta(days=12) else 2
    if answered_at >= demo.now or still == 0:
        return
    words = chance.choice(demo.words["replies"][language])
    write_message(case, "out", words, by=person, channel="phone", at=answered_at)
    _call(demo, case, answered_at)
    if resolved_at >= demo.now or still == 1:
        return
    _give(demo, case, answered_at)
    resolve_case(
        case, by=person, text=chance.choice(demo.words["resolutions"][demo.language]), apologised=True, at=resolved_at
    )
    do_due_jobs(wiring.do)
    _explain(demo, case, resolved_at)
    again_at = demo.calendar.add(resolved_at, timedelta(hours=30))
    if chance.random() < 0.05 and again_at < demo.now:
        reason = demo.say("notes", "called_again")
        reopen_case(case, by=person, reason=reason, at=again_at)
        do_due_jobs(wiring.do)
        done = demo.calendar.add(again_at, timedelta(hours=5))
        if done < demo.now:
            case.refresh_from_db()
            resolve_case(
                case, by=person, text=chance.choice(demo.words["resolutions"][demo.language]), apologised=True, at=done
            )


def _call(demo: "Demo", case: Case, answered_at: datetime) -> None:
    """Who leads calls after the first answer, mostly within the hour."""
    for call in Commitment.objects.waiting().filter(case=case, kind=CommitmentKind.MANAGER_CALL):
        called_at = demo.calendar.add(max(call.made_at, answered_at), timedelta(minutes=25 + case.pk % 60))
        if called_at < demo.now:
            log_call(call, demo.say("notes", "apologised"), by=call.owner, at=called_at)


def _give(demo: "Demo", case: Case, given_at: datetime) -> None:
    """An apology nearly always; every second time something that costs."""
    person = case.owner or demo.manager
    remedies = {remedy.kind: remedy for remedy in Remedy.objects.filter(is_active=True)}
    kinds = [RemedyKind.APOLOGY]
    if demo.chance.random() < 0.5:
        kinds.append(
            demo.chance.choice(
                [kind for kind in (RemedyKind.DISCOUNT, RemedyKind.REFUND, RemedyKind.GIFT) if kind in remedies]
            )
        )
    for kind in kinds:
        amount = Decimal(demo.chance.choice((15, 20, 25, 30, 40, 60)))
        key = str(UUID(int=demo.chance.getrandbits(128)))
        give_gesture(case, remedies[kind], by=person, amount=amount, words="", channel="phone", key=key, at=given_at)


def _theme(demo: "Demo", case: Case) -> str:
    return next((theme for theme, touchpoint in demo.touchpoints.items() if touchpoint.pk == case.touchpoint_id), "")


def _cause(demo: "Demo", theme: str) -> RootCause:
    """The pack's cause at that touchpoint, else its first."""
    causes = RootCause.objects.order_by("pk")
    found = causes.filter(touchpoint=demo.touchpoints[theme]).first() or causes.first()
    assert found is not None
    return found


def _explain(demo: "Demo", case: Case, found_at: datetime) -> None:
    theme = _theme(demo, case)
    if theme in demo.words["story"] and demo.chance.random() < 0.85:
        set_cause(
            case,
            _cause(demo, theme),
            by=demo.manager,
            whys=demo.words["story"][theme]["whys"][demo.language],
            at=found_at,
        )


def improve(demo: "Demo", week: int) -> None:
    """The two actions of the story, opened some weeks before they are in place."""
    for theme, done_week, place in (("delivery", TRUCKS_CHANGED_WEEK, 0), ("billing", LEAFLET_WEEK, None)):
        monday = (demo.last_day - timedelta(days=demo.last_day.weekday())) - timedelta(weeks=WEEKS - 1 - week)
        instant = demo.started_at + timedelta(weeks=week, days=1, minutes=40)
        if week == done_week - 5:
            open_action(
                _cause(demo, theme),
                by=demo.manager,
                title=demo.say("story", theme, "action"),
                customer_effect=demo.say("story", theme, "effect"),
                owner=demo.manager,
                due_on=monday + timedelta(weeks=6),
                metric="csat",
                expected_change=0.15,
                window_days=WINDOW,
                touchpoint=demo.touchpoints[theme],
                location=demo.places[place] if place is not None else None,
                at=instant,
            )


def finish(demo: "Demo") -> None:
    """The two actions are in place and checked; promises are kept or not; the newest cases wait for somebody."""
    _complete_actions(demo)
    _open_what_was_told(demo)
    chance = demo.chance
    for number in range(70):
        day = demo.now.date() - timedelta(days=chance.randrange(400) if number > 8 else chance.randrange(1, 4))
        made_at = datetime.combine(day, time(chance.randrange(8, 18), chance.randrange(60)), demo.now.tzinfo)
        due_on = day + timedelta(days=chance.choice((1, 2, 3, 5)))
        due_at = datetime.combine(due_on, time(chance.choice((12, 17, 18))), demo.now.tzinfo)
        if made_at >= demo.now:
            continue
        person = chance.choice(demo.front_line)
        customer = _customer_of(demo, person)
        row = make_commitment(
            chance.choice(demo.words["promises"][demo.language]),
            owner=person,
            due=due_on if number % 4 == 0 else due_at,
            by=person,
            customer=customer,
            location=customer.location,
            at=made_at,
        )
        fate = chance.random()
        ended_at = due_at - timedelta(hours=3) if fate < 0.8 else due_at + timedelta(days=1)
        if ended_at >= demo.now:
            continue
        if fate < 0.93:
            keep_commitment(row, by=person, at=ended_at)
        else:
            note = demo.say("notes", "not_kept")
            break_commitment(row, by=person, note=note, at=ended_at)
    _ask_above_the_limit(demo)


def _complete_actions(demo: "Demo") -> None:
    """Said on the day; written here, at the end, so that the checks it causes have the whole story before them."""
    for theme, done_week in (("delivery", TRUCKS_CHANGED_WEEK), ("billing", LEAFLET_WEEK)):
        action = CorrectiveAction.objects.get(title=demo.say("story", theme, "action"))
        instant = demo.started_at + timedelta(weeks=done_week, minutes=25)
        complete_action(action, by=demo.manager, completed_on=instant.date(), at=instant)
        check = schedule_check(action, by=None, at=instant)
        run_check(check, at=demo.end_of(check.after_to) + timedelta(hours=8))
    do_due_jobs(wiring.do)


def _customer_of(demo: "Demo", person: Person) -> Customer:
    """Somebody who comes to the place where ``person`` works."""
    return demo.chance.choice([c for c in demo.customers if c.location_id in (person.location_ids() or ())])


def _open_what_was_told(demo: "Demo") -> None:
    """Cases of the last days, written down by who was told; the older ones have their first answer."""
    for row in demo.words["told"]:
        person = demo.chance.choice(demo.front_line)
        customer = _customer_of(demo, person)
        case = open_case(
            row["title"][demo.language],
            by=person,
            why=[{"code": BY_HAND}],
            channel=row["channel"],
            customer=customer,
            location=customer.location,
            touchpoint=Touchpoint.objects.get(code=row["touchpoint"]),
            severity=row["severity"],
            at=demo.now - timedelta(hours=row["hours_ago"]),
        )
        do_due_jobs(wiring.do)
        if row["hours_ago"] > 20:
            case.refresh_from_db()
            reply = demo.chance.choice(demo.words["replies"][customer.language])
            answered_at = case.opened_at + timedelta(minutes=40)
            write_message(case, "out", reply, by=case.owner or person, channel="phone", at=answered_at)
    do_due_jobs(wiring.do)


def _ask_above_the_limit(demo: "Demo") -> None:
    case = Case.objects.filter(is_open=True).order_by("-opened_at").first()
    remedy = Remedy.objects.filter(kind=RemedyKind.REFUND).first()
    if case and remedy and not Gesture.objects.filter(case=case).exists():
        person = next(p for p in demo.front_line if case.location_id in (p.location_ids() or ()))
        give_gesture(
            case, remedy, by=person, amount=Decimal(180), key=str(UUID(int=demo.chance.getrandbits(128))), at=demo.now
        )
