"""What this stage says about itself."""

from premura.core.contract import Contract
from premura.loop.recover.asking import handle_case_resolved
from premura.loop.recover.case_rules import install_pack
from premura.loop.recover.fallen import handle_response, unmoved
from premura.loop.recover.forgetting import forget
from premura.loop.recover.leaving import handle_authority, handle_person_left
from premura.loop.recover.moods import READ_MOOD, do_mood, handle_words
from premura.loop.recover.signals import handle_comment
from premura.loop.recover.watching import WATCH_SILENCE, do_silence, handle_interaction

CONTRACT = Contract(
    stage="recover",
    emits={
        "case.opened": "a case begins; severity, first_answer_hours, solution_hours (strings, or empty), rules (codes)",
        "case.assigned": "a case is somebody else's from now on; person",
        "case.answered": "the customer got their first answer; direction",
        "case.noted": "something else was written in a case; direction",
        "case.resolved": "a case is put right; apologised",
        "case.reopened": "it was not right after all; severity, first_answer_hours, solution_hours",
        "case.mood_set": "a colleague says how the customer feels; mood",
        "case.mood_read": "the customer's words sound different from before; mood",
        "case.step_ticked": "a step of the playbook is done, or not after all; step, done",
        "case.paused": "we wait for the customer, the solution clock stands still; pause",
        "case.resumed": "it runs again",
        "case.merged": "a case is dealt with in another one from now on; into",
        "case.split": "it is a case of its own again; from, severity, first_answer_hours, solution_hours",
        "case.linked": "two cases belong together; other",
        "case.raised": "its comment makes it more serious; from, severity, first_answer_hours, solution_hours",
        "case.told_again": "the customer told us of one problem for the third time; contacts",
        "gesture.given": "a gesture within one's own authority; case, amount, remedy",
        "gesture.requested": "a gesture above it, subject gesturerequest; case, amount, remedy, routed_to",
        "gesture.rerouted": "who was asked cannot decide it any more, somebody else is asked; case, routed_to",
        "gesture.approved": "the request is granted; case, amount, remedy, gesture",
        "gesture.refused": "the request is not granted; case",
        "gesture.reversed": "a gesture is taken back; case, amount (negative), gesture (the one taken back)",
        "remedy.added": "the catalogue has a new entry; kind, cost_rule, cost",
        "remedy.changed": "an entry of the catalogue reads differently; fields",
        "case_rule.added": "a new rule opens cases; kind, at_most, at_least, words, severity",
        "case_rule.changed": "a rule reads differently; fields",
        "case_rule.held": "a rule would open too many cases and waits for a decision; would_open",
        "case_rule.hold_decided": "somebody decided on it; would_open, released",
        "case_survey.chosen": "another survey, or none, is asked after a case; survey",
        "vague_phrase.added": "a phrase of the company's own names no day, or is fine; kind, text",
        "vague_phrase.removed": "a phrase of the company's own is taken away again; kind, text",
        "vague_phrase.switched": "a built-in family of vague phrases counts, or no longer; family, on",
        "deadline.set": "cases of a severity have new deadlines; severity, first_answer_hours, solution_hours",
    },
    wants={
        "response.received": handle_response,
        "comment.read": handle_comment,
        "comment.reread": handle_comment,
        "interaction.added": handle_interaction,
        "person.left": handle_person_left,
        "person.changed": handle_authority,
        "limit.set": handle_authority,
        "case.opened": handle_words,
        "case.noted": handle_words,
        "case.resolved": handle_case_resolved,
    },
    idle={"response.received": unmoved},
    jobs={WATCH_SILENCE: do_silence, READ_MOOD: do_mood},
    forget=forget,
    install_pack=install_pack,
)
