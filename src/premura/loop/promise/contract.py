"""What this stage says about itself."""

from premura.core.contract import Contract
from premura.loop.promise import calls, duties
from premura.loop.promise.card_reviews import CARD_REVIEWS, do_card_reviews, handle_card
from premura.loop.promise.escalations import ESCALATE, do_escalations
from premura.loop.promise.forewarning import FOREWARN, do_forewarnings
from premura.loop.promise.forgetting import forget
from premura.loop.promise.leaving import handle_person_left

CONTRACT = Contract(
    stage="promise",
    emits={
        "commitment.made": "something is owed for an exact instant; kind, owner, due_at",
        "commitment.kept": "it is done; kind, outcome (kept or late)",
        "commitment.broken": "it will not be done as promised; kind, outcome",
        "commitment.called_off": "its reason went away; kind, outcome",
        "commitment.handed_over": "somebody else owes it; from, person",
        "commitment.escalated": "it is nearly late and somebody who leads was told; kind, owner, told",
        "call.logged": "who leads has called the customer, subject commitment; reached",
        "need.added": "a customer needs something",
        "need.proposed": "a solution is proposed for it; proposal",
        "need.met": "it is met",
        "need.not_met": "it is not met, with what is missing",
    },
    wants={
        "case.opened": calls.handle_case_opened,
        "case.assigned": duties.handle_case_assigned,
        "case.answered": duties.handle_case_progress,
        "case.resolved": duties.handle_case_progress,
        "case.reopened": duties.handle_case_reopened,
        "case.mood_set": calls.handle_upset,
        "case.mood_read": calls.handle_upset,
        "case.paused": duties.handle_case_pause,
        "case.resumed": duties.handle_case_pause,
        "case.merged": duties.handle_case_merged,
        "case.split": duties.handle_case_split,
        "case.raised": calls.handle_case_raised,
        "case.told_again": duties.handle_told_again,
        "card.changed": handle_card,
        "card.reviewed": handle_card,
        "card.retired": handle_card,
        "gesture.requested": duties.handle_gesture_requested,
        "gesture.rerouted": duties.handle_gesture_rerouted,
        "person.left": handle_person_left,
        "gesture.approved": duties.handle_gesture_decided,
        "gesture.refused": duties.handle_gesture_decided,
    },
    jobs={CARD_REVIEWS: do_card_reviews, ESCALATE: do_escalations, FOREWARN: do_forewarnings},
    forget=forget,
)
