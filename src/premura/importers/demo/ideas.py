"""The board of ideas of the demo company and its panel: who was invited, what they propose, what became of it."""

import random
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from premura.core.jobs.jobs import do_due_jobs
from premura.core.journeys.models import Touchpoint
from premura.core.mail.models import OutgoingMail
from premura.loop import wiring
from premura.loop.listen.idea_comments import add_comment, look_at_comment
from premura.loop.listen.idea_models import Idea, IdeaDecision
from premura.loop.listen.ideas import decide_idea, merge_idea, propose_idea, vote_for
from premura.loop.listen.panel import invite_to_panel, join_panel, leave_panel
from premura.loop.listen.panel_models import PanelMember

if TYPE_CHECKING:
    from premura.importers.demo.fill import Demo

SEED = 11
INVITED, INVITED_AGAIN = timedelta(days=190), timedelta(days=6)
JOINED, LEFT = 10, 2


def add_ideas(demo: "Demo") -> None:
    """Eleven ideas, one of which waits to be looked at; of the customers who were invited some have not answered."""
    members = _panel(demo)
    made: list[Idea] = []
    for row in demo.words["ideas"]:
        made.append(_propose(demo, row, members, len(made)))
        _decide(demo, row, made)
    do_due_jobs(wiring.do)
    _date_letters()


def _date_letters() -> None:
    """The letters of the panel are of the day of what they tell."""
    letters = OutgoingMail.objects.filter(key__startswith="panel-news")
    for decision in IdeaDecision.objects.all():
        at = decision.decided_at + timedelta(minutes=2)
        letters.filter(key__endswith=f":{decision.pk}").update(created_at=at, due_at=at)


def _panel(demo: "Demo") -> list[PanelMember]:
    """Those on it in the end, the first who joined first."""
    invited_at = (demo.now - INVITED).replace(hour=10, minute=12)
    firms = [customer for customer in demo.customers if customer.account_id and customer.language == "it"]
    invite_to_panel(firms[:24], by=demo.manager, at=invited_at)
    asked = list(PanelMember.objects.select_related("customer__location").order_by("pk"))
    for n, member in enumerate(asked[:JOINED]):
        name = member.customer.name.split() if member.customer else []
        shown = f"{name[0]} {name[-1][0]}." if n % 3 else ""
        asked[n] = join_panel(member, shown, wants_mail=n % 2 == 0, at=invited_at + timedelta(days=1 + n, hours=n))
    for member in asked[JOINED - 1 : JOINED - 1 + LEFT]:  # one who had joined, and one who says no
        leave_panel(member, at=invited_at + timedelta(days=40))
    invite_to_panel(firms[24:32], by=demo.manager, at=(demo.now - INVITED_AGAIN).replace(hour=9, minute=40))
    return asked[: JOINED - 1]


def _propose(demo: "Demo", row: dict[str, Any], members: list[PanelMember], number: int) -> Idea:
    """With the votes and comments that it gathered, looked at on the day after."""
    at, language = (demo.now - timedelta(days=row["days_ago"])).replace(hour=8 + number), demo.language
    member = members[row["member"] % len(members)] if "member" in row else None
    touchpoint: Touchpoint = demo.touchpoints[row["touchpoint"]]
    idea = propose_idea(
        row["title"][language],
        row["text"][language],
        key=f"demo-{number}",
        language=language,
        touchpoint=touchpoint,
        member=member,
        at=at,
    )
    if "status" not in row and "into" not in row:
        return idea
    decide_idea(idea, "received", "", by=demo.manager, at=at + timedelta(days=1))
    chance = random.Random(SEED + number)  # noqa: S311  # a story, not a secret
    hours = 24 * (_days_to_decide(row) - 2)
    for voter in range(row["open"]):
        vote_for(idea, f"demo-{voter}", at=at + timedelta(days=1, hours=chance.randrange(hours)))
    for one in chance.sample(members, min(row["panel"], len(members))):
        vote_for(idea, "", member=one, at=at + timedelta(days=1, hours=chance.randrange(hours)))
    idea.refresh_from_db()
    for words in row.get("comments", ()):
        said_at = at + timedelta(days=4)
        said = add_comment(idea, words[language], key=f"demo-{number}", member=chance.choice(members), at=said_at)
        look_at_comment(said, is_shown=True, by=demo.manager, at=said_at + timedelta(hours=3))
    return idea


def _decide(demo: "Demo", row: dict[str, Any], made: list[Idea]) -> None:
    at = (demo.now - timedelta(days=row["days_ago"] - _days_to_decide(row))).replace(hour=17, minute=5)
    if "into" in row:
        merge_idea(made[-1], made[row["into"]], by=demo.manager, at=at)
    elif row.get("status", "received") != "received":
        reason = row.get("reason", {}).get(demo.language, "")
        decide_idea(made[-1], row["status"], reason, by=demo.manager, at=at)


def _days_to_decide(row: dict[str, Any]) -> int:
    return min(14, int(row["days_ago"]) // 2)
