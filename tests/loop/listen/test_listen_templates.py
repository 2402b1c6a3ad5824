"""The built-in templates, and a survey as a file that comes back the same."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from premura.loop.listen.checking import logic_problems
from premura.loop.listen.definition import publishing_problems
from premura.loop.listen.transfer import NotASurveyError, survey_from_file, survey_to_file, templates


@pytest.mark.parametrize("name", sorted(templates()))
def test_every_template_can_be_published_in_both_languages(name):
    template = templates()[name]
    definition = template.definition
    assert definition.languages == ("it", "en")
    assert publishing_problems(definition) == []
    assert logic_problems(definition) == []
    assert set(template.about) == {"it", "en"}


def test_templates_of_the_field_are_there():
    found = templates()
    assert list(found)[:3] == ["nps", "csat", "ces"]
    assert len(found) == 16
    pairs = [question for question in found["service_quality"].definition.questions if question.kind == "pair"]
    assert {question.dimension for question in pairs} == {
        "tangibles",
        "reliability",
        "responsiveness",
        "assurance",
        "empathy",
    }
    assert found["staff_pulse"].perspective == "staff"
    assert found["mystery_call"].perspective == "observer"


@pytest.mark.parametrize("name", sorted(templates()))
def test_a_file_brings_back_the_same_survey(name):
    template = templates()[name]
    data = survey_to_file(template.definition, template.perspective, template.moment)
    back = survey_from_file(data)
    assert (back.definition, back.perspective, back.moment) == (
        template.definition,
        template.perspective,
        template.moment,
    )
    assert survey_to_file(back.definition, back.perspective, back.moment) == data


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "malformed"),
        (b"{}", "malformed"),
        (b"[" * 100_000, "malformed"),
        (b"\xff\xfe", "malformed"),
        (json.dumps({"format": "premura-survey", "version": 2}).encode(), "newer"),
        (json.dumps({"format": "other", "definition": {"title": {}, "languages": []}}).encode(), "malformed"),
        (b" " * 1_000_001, "too-large"),
    ],
)
def test_what_is_no_survey_is_refused_with_a_reason(data, code):
    with pytest.raises(NotASurveyError) as error:
        survey_from_file(data)
    assert error.value.code == code


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reading(data):
    with pytest.raises(NotASurveyError):
        survey_from_file(data)
