"""Praise that names a colleague reaches that colleague, and nobody is named by mistake."""

from datetime import UTC, date, datetime, timedelta

import pytest

from premura.loop.understand.praise import person_named

DAY = date(2026, 3, 2)
AT = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.mark.django_db
def test_praise_reaches_who_is_named_for_a_fortnight(respond, new_person, vicenza, padova):
    from premura.core.history.history import record
    from premura.core.history.models import Event
    from premura.loop.understand.comments import handle_response
    from premura.loop.understand.praise import praise_of

    marta = new_person("front_line", vicenza, name="Marta Verdi")
    other = new_person("front_line", vicenza, name="Luca Neri")
    new_person("front_line", padova, name="Marta Gallo")
    for text in ("Marta è stata gentilissima e molto preparata", "Luca mi ha risposto male, maleducato"):
        response = respond(DAY, text=text, location=vicenza)
        handle_response(record("response.received", by=None, about=response, at=AT))

    [praise] = praise_of(marta, AT + timedelta(days=13))
    assert praise.answer.text.startswith("Marta")
    assert not praise_of(other, AT)
    assert not praise_of(marta, AT + timedelta(days=15))
    assert Event.objects.get(name="comment.praised").data == {"person": marta.pk}


def test_a_name_is_a_name_and_two_of_one_name_need_the_other():
    rosa = type("Somebody", (), {"name": "Rosa Bianchi"})
    anna, anna2 = (type("Somebody", (), {"name": name}) for name in ("Anna Rossi", "Anna Villa"))
    people = [rosa, anna, anna2]
    assert person_named("Rosa è bravissima", people) is rosa
    assert person_named("una camera rosa", people) is None
    assert person_named("Anna gentile", people) is None
    assert person_named("Anna Villa gentile", people) is anna2
    assert person_named("GRAZIE ROSA", people) is rosa
