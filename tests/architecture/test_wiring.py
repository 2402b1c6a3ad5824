"""The seven contracts fit together."""

from premura.loop import wiring


def test_every_wanted_event_is_emitted_by_somebody():
    core = {"customer.added", "customer.changed", "interaction.added", "customer.opted_out", "customer.forgotten"}
    core |= {"person.left", "person.changed", "limit.set"}
    emitted = core | {name for contract in wiring.CONTRACTS for name in contract.emits}
    wanted = {name for contract in wiring.CONTRACTS for name in contract.wants}
    assert wanted <= emitted


def test_a_stage_wants_no_event_of_a_later_stage():
    seen = set()
    for contract in wiring.CONTRACTS:
        seen |= set(contract.emits)
        later = {name for other in wiring.CONTRACTS for name in other.emits} - seen
        assert not set(contract.wants) & later, contract.stage


def test_stages_stand_in_the_order_of_the_loop():
    stages = [contract.stage for contract in wiring.CONTRACTS]
    assert stages == ["listen", "understand", "equip", "recover", "promise", "improve", "verify"]


def test_no_two_stages_emit_the_same_event():
    names = [name for contract in wiring.CONTRACTS for name in contract.emits]
    assert len(names) == len(set(names))
