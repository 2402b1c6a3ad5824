"""What a team owes itself: a target for the year, what a colleague reported does not work, what all must know."""

from datetime import timedelta
from typing import TYPE_CHECKING

from premura.loop.equip.bulletins import publish_bulletin, read_bulletin
from premura.loop.improve.defects import answer_defect, report_again, report_defect
from premura.loop.improve.targets import set_target

if TYPE_CHECKING:
    from premura.importers.demo.fill import Demo


def add_duties(demo: "Demo") -> None:
    """A target that can be looked at, a report that waits and one that was answered, a bulletin that one has read."""
    set_target(
        "csat",
        0.75,
        by=demo.manager,
        why=demo.say("target", "why"),
        valid_from=demo.last_day - timedelta(days=180),
        valid_to=demo.last_day + timedelta(days=30),
        at=demo.now,
    )
    first, second = demo.front_line[:2]
    answered = report_defect(
        demo.say("defects", "answered"), by=first, location=demo.places[0], at=demo.now - timedelta(days=20)
    )
    answer_defect(answered, by=demo.manager, text=demo.say("defects", "answer"), at=demo.now - timedelta(days=16))
    waiting = report_defect(
        demo.say("defects", "waiting"),
        by=second,
        touchpoint=demo.touchpoints["billing"],
        at=demo.now - timedelta(days=3),
    )
    report_again(waiting, by=first, at=demo.now - timedelta(days=2))
    bulletin = publish_bulletin(
        demo.say("bulletin", "title"), demo.say("bulletin", "text"), by=demo.owner, at=demo.now - timedelta(days=2)
    )
    read_bulletin(bulletin, by=first, at=demo.now - timedelta(days=1))
