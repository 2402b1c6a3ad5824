"""What this stage says about itself."""

from premura.core.contract import Contract

CONTRACT = Contract(
    stage="understand",
    emits={"servqual.weighted": "somebody said how much each dimension of service quality matters; points"},
)
