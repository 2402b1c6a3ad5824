"""What happens to answers: kept once, refused with reasons, never lost, never breaking anything."""

import json
import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from premura.core.limits import RateLimit
from premura.entrypoints.collect.writer import Writer

pytestmark = pytest.mark.django_db(transaction=True)
PROBLEM = "application/problem+json"


def kept() -> list:
    from premura.loop.listen.models import Submission

    return list(Submission.objects.order_by("received_at", "id"))


def test_form_is_kept_and_sends_to_the_thanks(survey, visitor):
    fields = [("key", "k1"), ("lang", "it"), ("at", "vicenza"), ("via", "qr"), ("i", "tok"), ("homepage", "")]
    fields += [
        ("q.nps", "9"),
        ("q.extras", "gps"),
        ("q.extras", "seat"),
        ("q.improve", "Più\r\nparcheggio "),
        ("q.pickup", ""),
    ]
    answer = visitor.post_form("/s/noleggio", fields)
    assert answer.status == 303
    assert answer.headers["location"] == "/s/noleggio/thanks?lang=it&at=vicenza&via=qr&i=tok"
    [row] = kept()
    assert row.answers == {"nps": 9, "extras": ["gps", "seat"], "improve": "Più\nparcheggio"}
    assert (row.language, row.channel, row.location_code, row.token) == ("it", "qr", "vicenza", "tok")
    assert row.version == survey.versions.get()
    assert row.unfolded_at is None


@pytest.mark.parametrize(
    ("said", "kept_as"),
    [("7", 7), ("0", 0), ("604800", 604800), ("604801", None), ("-1", None), ("x", None), ("", None)],
)
def test_a_form_says_how_long_it_took_and_is_never_refused_for_it(survey, visitor, said, kept_as):
    assert visitor.post_form("/s/noleggio", {"key": "k1", "q.nps": "9", "seconds": said}).status == 303
    assert [row.seconds for row in kept()] == [kept_as]


def test_a_program_says_how_long_it_took_and_is_told_what_is_wrong_with_it(survey, visitor):
    from premura.loop.listen.submissions import unfold_submission

    data = {"answers": {"nps": 10}}
    assert visitor.post_json("/s/noleggio", data | {"key": "k1", "seconds": 12.2}).status == 201
    assert visitor.post_json("/s/noleggio", data | {"key": "k2"}).status == 201
    assert visitor.post_json("/s/noleggio", data | {"key": "k3", "seconds": -1}).status == 422
    assert [row.seconds for row in kept()] == [13, None]
    assert [unfold_submission(row).seconds for row in kept()] == [13, None]


def test_same_form_twice_counts_once_and_says_so(survey, visitor):
    first = visitor.post_form("/s/noleggio", {"key": "k1", "lang": "it", "q.nps": "9"})
    second = visitor.post_form("/s/noleggio", {"key": "k1", "lang": "it", "q.nps": "9", "seconds": "70"})
    assert (first.status, second.status) == (303, 303)
    assert "again=1" not in first.headers["location"]
    assert "again=1" in second.headers["location"]
    assert [row.answers for row in kept()] == [{"nps": 9}]


def test_a_form_with_other_answers_is_kept_beside_the_first_and_once_too(survey, visitor):
    """Two tabs may show one page: see docs/decisions/0010."""
    answers = [
        {"q.nps": "9"},
        {"q.nps": "3", "q.extras": "gps", "q.improve": "Più parcheggio"},
        {"q.nps": "9"},
        {"q.nps": "3", "q.extras": "gps", "q.improve": " Più parcheggio\r\n"},
        {"q.nps": "3"},
    ]
    sent = [visitor.post_form("/s/noleggio", {"key": "k1", "lang": "it", **one}) for one in answers]
    said = [one.headers["location"].partition("lang=it")[2].partition("&p=")[0] for one in sent]
    assert said == ["", "&more=1", "&again=1", "&again=1", "&more=1"]
    assert "contano tutte e due" in visitor.get(sent[1].headers["location"]).text
    assert [row.answers.get("improve") for row in kept()] == [None, "Più parcheggio", None]
    # The page's script asks for JSON, and is answered the same
    script = {"accept": "application/json"}
    first = visitor.post_form("/s/noleggio", {"key": "k1", "q.nps": "8"}, **script)
    again = visitor.post_form("/s/noleggio", {"key": "k1", "q.nps": "8"}, **script)
    assert (first.status, first.json["further"]) == (201, True)
    assert (again.status, again.json) == (200, {"id": first.json["id"]})
    assert len(kept()) == 4


def test_a_program_that_uses_a_key_for_other_answers_is_told(survey, visitor):
    data = {"key": "k1", "language": "it", "answers": {"nps": 9, "extras": ["gps"]}}
    assert visitor.post_json("/s/noleggio", data).status == 201
    other = visitor.post_json("/s/noleggio", data | {"answers": {"nps": 9}})
    again = visitor.post_json("/s/noleggio", data)
    assert (other.status, again.status, other.json["id"]) == (200, 200, again.json["id"])
    assert "chiave propria" in other.json["other"]
    assert "other" not in again.json
    assert [row.answers for row in kept()] == [data["answers"]]


def test_different_answers_of_one_key_at_once_are_each_kept_once(survey, visitor):
    import asyncio

    bodies = [f"key=same&q.nps={number % 5}".encode() for number in range(30)]
    headers = {"content_type": "application/x-www-form-urlencoded"}

    async def all_at_once():
        return await asyncio.gather(*(visitor.ask("POST", "/s/noleggio", body, headers) for body in bodies))

    answers = visitor.run(all_at_once())
    assert {answer.status for answer in answers} == {303}
    assert sum("again=1" not in answer.headers["location"] for answer in answers) == 5
    assert sorted(row.answers["nps"] for row in kept()) == [0, 1, 2, 3, 4]


def test_json_gives_an_id_and_the_same_one_for_the_same_key(survey, visitor):
    data = {
        "key": "k1",
        "language": "en",
        "answers": {"nps": 10},
        "location": "vicenza",
        "channel": "web",
        "token": "t",
    }
    first, second = visitor.post_json("/s/noleggio", data), visitor.post_json("/s/noleggio", data)
    assert (first.status, second.status) == (201, 200)
    assert first.json == second.json
    [row] = kept()
    assert first.json == {"id": str(row.id)}
    assert uuid.UUID(first.json["id"]).version == 7
    assert (row.language, row.channel, row.location_code, row.token) == ("en", "web", "vicenza", "t")


def test_one_surveys_keys_do_not_block_anothers(survey, new_survey, definition, visitor):
    new_survey("altro", definition)
    assert visitor.post_json("/s/noleggio", {"key": "k", "answers": {"nps": 1}}).status == 201
    assert visitor.post_json("/s/altro", {"key": "k", "answers": {"nps": 2}}).status == 201
    assert len(kept()) == 2


def test_same_key_many_times_at_once_is_one_row(survey, visitor):
    import asyncio

    body = json.dumps({"key": "same", "answers": {"nps": 5}}).encode()

    async def all_at_once():
        ask = [visitor.ask("POST", "/s/noleggio", body, {"content_type": "application/json"}) for _ in range(30)]
        return await asyncio.gather(*ask)

    answers = visitor.run(all_at_once())
    assert sorted(answer.status for answer in answers) == [200] * 29 + [201]
    assert len({answer.text for answer in answers}) == 1
    assert len(kept()) == 1


@pytest.mark.parametrize(
    ("answers", "code", "question"),
    [
        ({}, "required", "nps"),
        ({"nps": 11}, "out-of-range", "nps"),
        ({"nps": "nine"}, "not-a-number", "nps"),
        ({"nps": True}, "not-a-number", "nps"),
        ({"nps": 5.5}, "not-a-number", "nps"),
        ({"nps": 5, "pickup": 0}, "out-of-range", "pickup"),
        ({"nps": 5, "reason": "holiday"}, "unknown-option", "reason"),
        ({"nps": 5, "reason": ["work", "move"]}, "one-option-only", "reason"),
        ({"nps": 5, "improve": 7}, "not-a-text", "improve"),
        ({"nps": 5, "improve": "x" * 5001}, "text-too-long", "improve"),
        ({"nps": 5, "surprise": 1}, "unknown-question", "surprise"),
    ],
)
def test_wrong_answers_are_refused_with_question_code_and_sentence(survey, visitor, answers, code, question):
    answer = visitor.post_json("/s/noleggio", {"key": "k", "language": "it", "answers": answers})
    assert answer.status == 422
    assert answer.headers["content-type"] == PROBLEM
    problem = answer.json
    assert problem["code"] == "invalid-answers"
    assert problem["status"] == 422
    assert problem["detail"].startswith("Alcune risposte")
    assert (code, question) in [(one["code"], one["question"]) for one in problem["problems"]]
    assert all(one["message"] for one in problem["problems"])
    assert kept() == []


def test_nothing_answered_is_not_a_response(new_survey, definition, visitor):
    definition["questions"][0]["required"] = False
    new_survey("libero", definition)
    answer = visitor.post_json("/s/libero", {"key": "k", "answers": {"improve": "  "}})
    assert answer.status == 422
    assert [one["code"] for one in answer.json["problems"]] == ["nothing-answered"]


def test_form_comes_back_with_what_was_typed_and_the_reason_beside_it(survey, visitor):
    fields = [
        ("key", "k9"),
        ("lang", "it"),
        ("at", "vicenza"),
        ("q.pickup", "4"),
        ("q.extras", "gps"),
        ("q.improve", "<b>Più</b>\nluce"),
    ]
    answer = visitor.post_form("/s/noleggio", fields)
    assert answer.status == 422
    page = answer.text
    assert "Qui serve una risposta: la domanda è obbligatoria." in page
    assert 'name="q.nps" value="0" required autofocus' in page
    assert 'name="q.pickup" value="4" checked' in page
    assert 'name="q.extras" value="gps" checked' in page
    assert "&lt;b&gt;Più&lt;/b&gt;\nluce</textarea>" in page
    # The same visit: the same key, and where it came from
    assert 'name=key value="k9"' in page
    assert 'name=at value="vicenza"' in page
    assert answer.headers["cache-control"] == "no-store"


def test_scripts_ask_for_reasons_of_a_form_too(survey, visitor):
    answer = visitor.post_form("/s/noleggio", {"key": "k", "lang": "en"}, accept="application/json")
    assert answer.headers["content-type"] == PROBLEM
    assert answer.json["problems"][0]["question"] == "nps"
    assert visitor.post_form("/s/noleggio", {"key": "k", "q.nps": "1"}, accept="application/json").status == 201


def test_hidden_field_catches_who_fills_everything_but_never_lies(survey, visitor):
    answer = visitor.post_form("/s/noleggio", {"key": "k", "lang": "it", "q.nps": "9", "homepage": "http://spam"})
    assert answer.status == 422
    assert "campo nascosto" in answer.text
    assert "spam" not in answer.text
    assert 'value="9" checked' in answer.text
    assert kept() == []


@pytest.mark.parametrize("key", ["", "a" * 65, "with space", "à", "a\nb", "1;drop"])
def test_keys_have_a_narrow_form(survey, visitor, key):
    answer = visitor.post_json("/s/noleggio", {"key": key, "answers": {"nps": 1}})
    assert (answer.status, answer.json["code"]) == (422, "bad-key")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 422),
        (b"null", 422),
        (b'{"key":"k"}', 422),
        (b'{"key":"k","answers":{},"surprise":1}', 422),
        (b'{"key":"k","answers":{"nps":{"deep":1}}}', 422),
        (b'{"key":"k","answers":' + b'{"a":' * 9000 + b"1" + b"}" * 9000 + b"}", 422),
        (b'{"key":"k","answers":{"nps":' + b"[" * 30000 + b"]" * 30000 + b"}}", 422),
        (b'{"key":"k","answers":{"nps":1e999}}', 422),
        (b'{"key":"k","answers":{"nps":' + b"9" * 5000 + b"}}", 422),
        (b'{"key":"k","answers":{"improve":"\\ud800","nps":1}}', 400),
        (b'{"key":"k","answers":{"improve":"\xff","nps":1}}', 400),
        (b"\x00" * 100, 400),
    ],
)
def test_hostile_json_is_a_problem_not_a_failure(survey, visitor, body, status):
    answer = visitor.post_json("/s/noleggio", body)
    assert answer.status == status
    assert answer.headers["content-type"] == PROBLEM
    assert answer.json["code"] in {"malformed", "missing-field", "unknown-field", "bad-answers", "invalid-answers"}
    assert kept() == []


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (b'{"key":"k","answers":{"nps":NaN}}', 400, "Non è JSON dal byte 28 in poi"),
        (b'{"key":"k","answers":{"nps":9}', 400, "Finisce a metà"),
        (b'{"key":"k","answers":{"improve":"caff\xe8"}}', 400, "UTF-8"),
        (b'[{"key":"k"}]', 422, "un oggetto con «key» e «answers»"),
        (b'{"key":"k","answers":' + b"[" * 9000 + b"]" * 9000 + b"}", 422, "in profondità"),
        (b'{"key":"k","answers":{"nps":1e999}}', 422, "troppo grande"),
        (b'{"key":"k","answers":{"nps":9,"nps":1}}', 422, "Il nome «nps» vi sta due volte"),
        (b'{"key":"k","answers":{"nps":9},"answers":{"nps":1}}', 422, "Il nome «answers» vi sta due volte"),
    ],
)
def test_what_cannot_be_read_is_said_in_the_readers_language_and_never_in_the_parsers(
    survey, visitor, body, status, said
):
    answer = visitor.post_json("/s/noleggio", body, accept_language="it")
    assert (answer.status, answer.json["code"]) == (status, "malformed")
    assert said in answer.json["detail"]
    assert not any(word in answer.json["detail"] for word in ("Expected", "malformed", "codec", "recursion", "byte)"))
    assert kept() == []


def test_colons_in_words_are_no_names(survey, visitor):
    words = 'Alle 10:30: "nps":1, e poi {"nps": 2}'
    assert visitor.post_json("/s/noleggio", {"key": "k", "answers": {"nps": 9, "improve": words}}).status == 201
    assert kept()[0].answers["improve"] == words


@pytest.mark.parametrize(
    ("said", "code", "field"),
    [
        ({"location": "Vicenza est"}, "bad-location", "location"),
        ({"location": 7}, "bad-location", "location"),
        ({"token": "a" * 41}, "bad-token", "token"),
        ({"language": "Italian please"}, "bad-language", "language"),
        ({"language": "de"}, "unknown-language", "language"),
        ({"channel": "pigeon"}, "unknown-channel", "channel"),
        ({"fields": {"Machine": "M 7"}}, "bad-fields", "fields.Machine"),
        ({"fields": {f"f{n}": "x" for n in range(11)}}, "too-many-fields", "fields"),
        ({"fields": {"machine": "M7"}}, "unasked-field", "fields.machine"),
        ({"version": "2"}, "bad-version", "version"),
        ({"seconds": -1}, "bad-seconds", "seconds"),
        ({"locaton": "vicenza"}, "unknown-field", "locaton"),
        ({"answers": {"nps": {"a": {"b": 1}}}}, "bad-answers", "answers"),
    ],
)
def test_a_program_hears_of_every_field_that_it_got_wrong(survey, visitor, said, code, field):
    answer = visitor.post_json("/s/noleggio", {"key": "k", "answers": {"nps": 9}} | said, accept_language="it")
    assert (answer.status, answer.json["code"], answer.headers["content-type"]) == (422, code, PROBLEM)
    [problem] = answer.json["problems"]
    assert (problem["code"], problem["field"]) == (code, field)
    assert f"«{field}" in problem["message"]
    assert answer.json["detail"].endswith("Non è stato salvato nulla. Lo corregga e lo invii di nuovo.")
    assert kept() == []


def test_several_faults_are_told_at_once_in_the_language_of_the_body(survey, visitor):
    wrong = {"key": "a b", "language": "en-GB", "location": None, "answers": {"nps": 9}}
    answer = visitor.post_json("/s/noleggio", wrong, accept_language="it")
    assert (answer.json["code"], answer.headers["content-language"]) == ("bad-body", "en")
    assert [problem["code"] for problem in answer.json["problems"]] == ["bad-key", "bad-location"]
    assert "It takes the code of a place" in answer.json["detail"]


def test_a_regional_language_means_the_one_that_is_offered(survey, visitor):
    assert visitor.post_json("/s/noleggio", {"key": "k", "language": "EN-gb", "answers": {"nps": 9}}).status == 201
    assert kept()[0].language == "en"


@pytest.mark.parametrize(
    ("text", "stays"),
    [
        ("👩‍👩‍👧 ottimo 🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", None),
        ("<script>alert(1)</script>", None),
        ("a\x00b\x07c", "abc"),
        ("نعم، شكراً — שלום (3)", None),
        ("می\u200cخواهم\u200f!", None),
        ("';DROP TABLE x;--", None),
        ("{{ 7*7 }}", None),
        # What would turn round the words beside it, and what nobody sees
        ("totale \u202e03 €\u202c\u2066!\u2069", "totale 03 €!"),
        ("ze\u200bro\ufeff wi\u00addth\U000e0068\U000e0069", "zero width"),
        ("a\u2028b\rc", "a\nb\nc"),
    ],
)
def test_odd_texts_are_kept_as_texts_without_what_acts_on_their_surroundings(survey, visitor, text, stays):
    answer = visitor.post_json("/s/noleggio", {"key": "k", "answers": {"nps": 1, "improve": text}})
    assert answer.status == 201
    assert kept()[0].answers["improve"] == (stays or text)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.one_of(st.binary(max_size=300), st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))))
@pytest.mark.parametrize("content_type", ["application/json", "application/x-www-form-urlencoded"])
def test_no_body_breaks_the_collector(survey, collecting_once, content_type, body):
    answer = collecting_once.post_raw("/s/noleggio", body, content_type)
    assert answer.status in {200, 201, 303, 400, 422}


@pytest.fixture
def collecting_once(collecting):
    visitor = collecting(limit=RateLimit(burst=10_000))

    def post_raw(path: str, body: bytes, content_type: str):
        return visitor.run(visitor.ask("POST", path, body, {"content_type": content_type}))

    visitor.post_raw = post_raw
    return visitor


def test_too_large_and_wrong_types_are_refused(survey, visitor):
    large = b'{"key":"k","answers":{"improve":"' + b"x" * 70_000 + b'"}}'
    assert visitor.post_json("/s/noleggio", large).status == 413
    assert visitor.post_json("/s/noleggio", b"{}", content_length="70000").status == 413
    assert visitor.post_json("/s/noleggio", b"{}", content_length="9" * 30).status == 413
    wrong = visitor.post_form("/s/noleggio", {"key": "k"}, content_type="text/plain")
    assert (wrong.status, wrong.json["code"]) == (415, "unsupported-type")
    assert visitor.post_form("/s/noleggio", {"key": "k"}, content_type="multipart/form-data; boundary=x").status == 415


def test_what_is_too_large_is_read_to_its_end_before_it_is_refused(visitor):
    """Who is still sending takes an early answer for a broken connection and never learns why."""
    from premura.entrypoints.collect.requests import Request, TooLargeError, read_body

    scope = {
        "method": "POST",
        "path": "/s/noleggio",
        "query_string": b"",
        "headers": [(b"content-length", b"30000000")],
    }
    pieces = [{"type": "http.request", "body": b"x" * 10_000_000, "more_body": more} for more in (True, True, False)]

    async def receive():
        return pieces.pop(0)

    with pytest.raises(TooLargeError):
        visitor.run(read_body(Request(scope), receive))
    assert not pieces


def test_a_crowd_of_unknown_questions_costs_a_few_sentences(survey, visitor):
    answer = visitor.post_json("/s/noleggio", {"key": "k", "answers": {f"x{n}": 1 for n in range(5_000)}})
    assert answer.status == 422
    assert [problem["code"] for problem in answer.json["problems"]].count("unknown-question") == 20


def test_unknown_survey_is_404_for_programs_too(survey, visitor):
    answer = visitor.post_json("/s/nessuno", {"key": "k", "answers": {}})
    assert (answer.status, answer.json["code"]) == (404, "missing")


def test_one_address_may_answer_often_but_not_endlessly(survey, collecting):
    visitor = collecting(limit=RateLimit(burst=3, per_second=0.1))
    statuses = [visitor.post_json("/s/noleggio", {"key": f"k{n}", "answers": {"nps": 1}}).status for n in range(4)]
    assert statuses == [201, 201, 201, 429]
    answer = visitor.post_form("/s/noleggio", {"key": "k9", "lang": "it", "q.nps": "7", "q.improve": "resta qui"})
    assert answer.status == 429
    assert 0 < int(answer.headers["retry-after"]) <= 11
    assert "resta qui" in answer.text
    # Another address, and whoever a proxy on this machine speaks for, has a bucket of its own
    body = json.dumps({"key": "other", "answers": {"nps": 1}}).encode()
    headers = {"content_type": "application/json"}
    assert visitor.run(visitor.ask("POST", "/s/noleggio", body, headers, client="192.0.2.2")).status == 201
    forwarded = {**headers, "x_forwarded_for": "203.0.113.9, 198.51.100.7"}
    assert visitor.run(visitor.ask("POST", "/s/noleggio", body, forwarded, client="127.0.0.1")).status == 200


def test_full_queue_asks_to_come_back_and_keeps_what_was_typed(survey, collecting):
    visitor = collecting(writer=Writer(most=0))
    answer = visitor.post_form("/s/noleggio", {"key": "k", "lang": "it", "q.nps": "7", "q.improve": "resta qui"})
    assert answer.status == 503
    assert int(answer.headers["retry-after"]) > 0
    assert "resta qui" in answer.text
    assert visitor.post_json("/s/noleggio", {"key": "k", "answers": {"nps": 1}}).json["code"] == "busy"


def test_database_away_acknowledges_nothing_and_recovers(survey, visitor, monkeypatch):
    from django.db import OperationalError

    from premura.entrypoints.collect import writer

    real = writer._write_together

    def away(rows):
        raise OperationalError("away")

    monkeypatch.setattr(writer, "_write_together", away)
    assert visitor.post_json("/s/noleggio", {"key": "k", "answers": {"nps": 1}}).status == 503
    monkeypatch.setattr(writer, "_write_together", real)
    assert visitor.post_json("/s/noleggio", {"key": "k", "answers": {"nps": 1}}).status == 201
    assert len(kept()) == 1


def test_one_row_the_database_refuses_does_not_cost_the_others(survey):
    from django.db import connection

    from premura.entrypoints.collect.writer import Row, _write, new_id

    version = survey.versions.get().pk
    rows = [Row(new_id(), version, f"k{n}", "it", "link", "", "", {"nps": n}) for n in range(5)]
    rows[2] = rows[2]._replace(version_id=999_999)
    outcomes = _write(rows)
    connection.close()
    assert [isinstance(outcome, Exception) for outcome in outcomes] == [False, False, True, False, False]
    assert {row.key for row in kept()} == {"k0", "k1", "k3", "k4"}


def test_form_opened_before_a_new_version_answers_the_old_questions(survey, visitor, publish, definition):
    old = survey.versions.get()
    definition["questions"] = definition["questions"][:1]
    new = publish(survey, definition)
    fields = {"lang": "it", "q.nps": "7", "q.improve": "ancora valido"}
    assert visitor.post_form("/s/noleggio", {**fields, "key": "a", "version": str(old.pk)}).status == 303
    assert visitor.post_form("/s/noleggio", {**fields, "key": "b", "version": str(new.pk)}).status == 422
    assert [(row.version_id, row.answers) for row in kept()] == [(old.pk, {"nps": 7, "improve": "ancora valido"})]


def test_form_of_a_withdrawn_version_comes_back_with_the_new_questions(survey, visitor, publish, definition):
    from django.utils import timezone

    from premura.loop.listen.models import Withdrawal

    old = survey.versions.get()
    new = publish(survey, definition)
    Withdrawal.objects.create(version=old, withdrawn_at=timezone.now())
    answer = visitor.post_form("/s/noleggio", {"key": "a", "lang": "it", "version": str(old.pk), "q.nps": "7"})
    assert answer.status == 409
    assert "Le domande sono cambiate" in answer.text
    assert f'name="version" value="{new.pk}"' in answer.text
    assert 'name="q.nps" value="7" checked' in answer.text


def test_submissions_that_wait_are_written_before_the_server_ends(survey, collecting):
    import asyncio

    from premura.entrypoints.collect.app import Collector

    collector = Collector()
    visitor = collecting()
    visitor.application = collector

    async def send_and_stop():
        await collector.start()
        body = [json.dumps({"key": f"k{n}", "answers": {"nps": n % 11}}).encode() for n in range(50)]
        ask = [visitor.ask("POST", "/s/noleggio", one, {"content_type": "application/json"}) for one in body]
        tasks = [asyncio.create_task(one) for one in ask]
        # Let them all reach the queue, then stop at once
        while collector.writer._under_way < 50:
            await asyncio.sleep(0)
        await collector.stop()
        return await asyncio.gather(*tasks)

    answers = visitor.run(send_and_stop())
    assert {answer.status for answer in answers} == {201}
    assert len(kept()) == 50


@pytest.mark.parametrize(
    ("nps", "via", "perspective", "is_offered"),
    [
        ("6", "qr", "customer", True),
        ("7", "qr", "customer", False),
        ("0", "counter", "customer", False),
        ("0", "qr", "staff", False),
    ],
)
def test_an_unhappy_customer_is_offered_a_person(survey, visitor, nps, via, perspective, is_offered):
    survey.perspective = perspective
    survey.save()
    fields = {"key": f"k{nps}", "q.nps": nps, "via": via, "lang": "it"}
    kept_at = visitor.post_form("/s/noleggio", fields).headers["location"]
    page = visitor.get(kept_at).text
    assert ("/t/person/" in page) == is_offered
    assert ("uno di noi La contatterà" in page) == (perspective == "customer")
    as_json = visitor.post_json("/s/noleggio", {"key": "j", "answers": {"nps": int(nps)}, "channel": via}).json
    assert ("wish" in as_json) == is_offered
    assert "/t/person/" not in visitor.get("/s/noleggio/thanks?lang=it&p=%22%3E%3Cscript%3E" + "x" * 30).text


def test_a_survey_by_invitation_takes_each_personal_link_once(new_survey, definition, visitor, owner, vicenza):
    from django.utils import timezone

    from premura.core.customers.customers import add_customer
    from premura.loop.listen.models import Invitation

    asking = new_survey("invitati", definition | {"by_invitation": True})
    anna = add_customer(by=owner, name="Anna Bianchi", location=vicenza, email="anna@example.it")
    Invitation.objects.create(survey=asking, customer=anna, channel="link", token="t1", asked_at=timezone.now())
    for query, said in (("", "su invito"), ("?i=forged", "su invito")):
        page = visitor.get(f"/s/invitati{query}", accept_language="it")
        assert (page.status, said in page.text, 'href="/t/"' in page.text) == (403, True, True)
    assert visitor.get("/s/invitati/kiosk").status == 403
    data = {"key": "k1", "language": "it", "answers": {"nps": 9}}
    refused = visitor.post_json("/s/invitati", data | {"token": "forged"})
    assert (refused.status, refused.json["code"]) == (403, "by-invitation")
    assert visitor.get("/s/invitati?i=t1").status == 200
    first = visitor.post_json("/s/invitati", data | {"token": "t1"})
    replayed = visitor.post_json("/s/invitati", {"key": "k2", "token": "t1", "answers": {"nps": 9}})
    assert (first.status, replayed.status) == (201, 200)
    assert first.json["id"] == replayed.json["id"]
    # Other answers count no second time, and nobody is thanked for them
    other = visitor.post_json("/s/invitati", {"key": "k3", "token": "t1", "answers": {"nps": 1}})
    assert (other.status, other.json["code"]) == (410, "answered")
    page = visitor.post_form("/s/invitati", {"key": "k4", "i": "t1", "q.nps": "1"}, accept_language="it")
    assert (page.status, "conta una volta sola" in page.text) == (410, True)
    assert [row.answers for row in kept()] == [{"nps": 9}]
    assert visitor.get("/s/invitati?i=t1").status == 410
