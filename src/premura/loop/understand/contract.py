"""What this stage says about itself."""

from premura.core.contract import Contract

CONTRACT = Contract(
    stage="understand",
    emits={
        "view.saved": "a question to the explorer is kept under a name; shared",
        "view.changed": "it has another name, or other people see it; shared, renamed",
        "view.deleted": "it is gone from the lists",
        "view.restored": "it is back",
        "servqual.weighted": "somebody said how much each dimension of service quality matters; points",
    },
)
