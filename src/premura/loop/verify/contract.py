"""What this stage says about itself."""

from premura.core.contract import Contract

CONTRACT = Contract(stage="verify")
