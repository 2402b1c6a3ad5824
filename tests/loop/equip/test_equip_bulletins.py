"""Bulletins: whom they reach, who has read them, and that what was read stays what it was."""

from datetime import timedelta

import pytest

from premura.core.errors import NotFound, PremuraError
from premura.core.history.models import Event
from premura.loop.equip.bulletins import (
    bulletin_for,
    bulletins,
    publish_bulletin,
    read_bulletin,
    receipts,
    unread,
    withdraw_bulletin,
)
from premura.loop.equip.models import BulletinReading


@pytest.fixture
def bulletin(owner, now):
    return publish_bulletin("Nuovi orari", "Da lunedì apriamo alle 7.", by=owner, at=now)


def test_everybody_finds_it_until_they_have_read_it(bulletin, owner, colleague, elsewhere, now):
    assert list(unread(owner)) == [], "who wrote it knows it"
    assert list(unread(colleague)) == list(unread(elsewhere)) == [bulletin]
    first = read_bulletin(bulletin, by=colleague, at=now)
    assert read_bulletin(bulletin, by=colleague, at=now + timedelta(days=1)) == first
    assert BulletinReading.objects.get().read_at == now, "the first time counts"
    assert list(unread(colleague)) == []
    assert [(row.is_read, row.readers) for row in bulletins(colleague)] == [(True, 1)]
    assert Event.objects.filter(name="bulletin.read").count() == 1


def test_receipts_name_who_is_here_and_was_asked(bulletin, owner, colleague, elsewhere):
    read_bulletin(bulletin, by=colleague)
    elsewhere.is_active = False
    elsewhere.save()
    found = receipts(bulletin)
    assert [row.person for row in found.read] == [colleague]
    assert elsewhere not in found.missing
    assert owner not in found.missing


def test_news_of_one_place_stay_there(owner, colleague, elsewhere, vicenza):
    local = publish_bulletin("Piazzale chiuso", "Si entra da via Roma.", by=owner, location=vicenza)
    assert list(unread(colleague)) == [local]
    assert list(bulletins(elsewhere)) == []
    with pytest.raises(NotFound):
        bulletin_for(elsewhere, local.pk)
    assert elsewhere not in receipts(local).missing


def test_who_sees_one_place_speaks_to_it_and_not_to_all(bulletin, new_person, vicenza):
    manager = new_person("manager", vicenza, name="Marta")
    with pytest.raises(PremuraError) as refused:
        publish_bulletin("Per tutti", "Ecco.", by=manager)
    assert refused.value.code == "place-needed"
    with pytest.raises(PremuraError):
        withdraw_bulletin(bulletin, by=manager)
    assert publish_bulletin("Per noi", "Ecco.", by=manager, location=vicenza).location == vicenza


def test_what_is_withdrawn_asks_nobody_and_keeps_who_had_read_it(bulletin, owner, colleague, elsewhere):
    read_bulletin(bulletin, by=colleague)
    assert withdraw_bulletin(bulletin, by=owner)
    assert not withdraw_bulletin(bulletin, by=owner)
    assert list(unread(elsewhere)) == []
    assert [row.person for row in receipts(bulletin).read] == [colleague]


@pytest.mark.parametrize(("title", "text"), [("", "x"), ("  ", "x"), ("x", " \r\n ")])
def test_a_bulletin_says_something(owner, title, text):
    with pytest.raises(PremuraError) as refused:
        publish_bulletin(title, text, by=owner)
    assert refused.value.code == "text-needed"


def test_the_latest_stands_first(bulletin, owner, colleague, now):
    later = publish_bulletin("Ancora nuovi orari", "Alle 8.", by=owner, at=now + timedelta(days=1))
    assert list(bulletins(colleague)) == [later, bulletin]
    assert bulletins(colleague).ordered, "pages of an unordered list may show a row twice"
