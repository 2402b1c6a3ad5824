"""What this stage says about itself."""

from premura.core.contract import Contract
from premura.loop.improve.causes import install_pack
from premura.loop.improve.forgetting import forget

CONTRACT = Contract(
    stage="improve",
    emits={
        "cause.added": "a piece of the system that fails has a name",
        "case.explained": "why a case happened, subject case; cause",
        "target.set": "a metric should reach a value between two days; metric, value, valid_from, valid_to",
        "defect.reported": "a colleague says that the system does not work; answerer",
        "defect.reported_again": "it happened to another colleague, or again",
        "defect.answered": "a manager said what comes of it; cause",
        "action.opened": "something will be changed until a day; cause, metric, owner, due_on",
        "action.completed": "the change is in place; completed_on",
        "action.abandoned": "the change will not be made",
    },
    forget=forget,
    install_pack=install_pack,
)
