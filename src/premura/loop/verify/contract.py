"""What this stage says about itself."""

from premura.core.contract import Contract
from premura.loop.verify import checks, telling

CONTRACT = Contract(
    stage="verify",
    emits={
        "check.scheduled": "the effect of an action will be verified; action, after_to",
        "check.looked_at": "before its time somebody looked how it goes; verdict",
        "check.concluded": "the effect is verified over the whole window; verdict",
        "action.told": "everybody who raised the point was told what changed; customers",
    },
    wants={
        "action.completed": checks.handle_action_completed,
        "check.concluded": telling.handle_check_concluded,
        "responses.imported": checks.handle_responses_imported,
    },
    jobs={checks.DUE_CHECKS: checks.do_due_checks},
)
