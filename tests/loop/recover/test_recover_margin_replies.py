"""Replies written by hand, good ones and bad ones (replies.txt): what the margin notes of each, and nothing else."""

from datetime import datetime
from pathlib import Path

import pytest

from premura.loop.recover.margin import notes

NOW = datetime(2026, 3, 19, 9)
REPLIES = [
    block.splitlines()
    for block in Path(__file__).with_name("replies.txt").read_text("utf-8").partition("\n")[2].split("\n\n")
    if block.strip()
]


@pytest.mark.parametrize(("told", "name", "reply", "wanted"), REPLIES)
def test_a_reply_is_noted_as_a_reader_would(told, name, reply, wanted):
    found = [note.code for note in notes(reply, told=[told], name=name, now=NOW)]
    assert (" ".join(found) or "-") == wanted


def test_a_question_in_anger_wants_no_answer():
    told = ["Ma è possibile che nessuno telefoni? Quando arriva la piattaforma?"]
    found = notes("Gentile Bianchi, ci scusi.", told=told, name="Bianchi", now=NOW)
    assert [note.phrase for note in found if note.code == "question"] == ["Quando arriva la piattaforma?"]
