"""What every sector pack gives to listening can be published as it is."""

import pytest

from premura.core.company.pack import FOLDER, load_pack
from premura.loop import wiring
from premura.loop.listen.models import Programme, Survey
from premura.loop.listen.packs import install_pack
from premura.loop.listen.surveys import publish_survey

PACKS = sorted(path.stem for path in FOLDER.glob("*.toml"))


@pytest.mark.parametrize("code", PACKS)
def test_the_first_survey_is_a_draft_that_can_be_published(code, owner):
    wiring.install_pack(load_pack(code), by=owner)
    programme, survey = Programme.objects.get(), Survey.objects.get()
    assert programme.owner == owner
    assert programme.missing == []
    assert not survey.versions.exists()
    assert set(survey.draft["languages"]) == {"it", "en"}
    assert publish_survey(survey, owner).number == 1


def test_installing_twice_leaves_what_is_there(owner):
    if not PACKS:
        pytest.skip("no pack is written yet")
    for _ in range(2):
        install_pack(load_pack(PACKS[0]), by=owner)
    assert Survey.objects.count() == Programme.objects.count() == 1
