"""The case's one thread: who waits since when, colleagues who are named, files, and what the customer sees and says."""

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from tests.pictures import picture

from premura.core.errors import NotFound, PremuraError
from premura.loop import wiring
from premura.loop.recover.attachments import LARGEST, Given, check_files, harmless_name, path_of
from premura.loop.recover.cases import rebuild_state, reopen_case, resolve_case, write_message
from premura.loop.recover.models import Attachment, Case
from premura.loop.recover.progress import MOST_AN_HOUR, MOST_SHOWN, case_by_token, hear_customer, thread_of
from premura.loop.recover.reads import CaseFilter, cases, mentions_of, see_mentions

PDF = Given("fattura.pdf", b"%PDF-1.7 ...")


def test_who_spoke_last_says_whether_the_customer_waits(case, colleague, now):
    steps = [
        (lambda at: write_message(case, "out", "Ci scusi", by=colleague, at=at), False),
        (lambda at: write_message(case, "in", "E il rimborso?", by=None, at=at), True),
        (lambda at: write_message(case, "note", "Cerco la fattura", by=colleague, at=at), True),
        (lambda at: write_message(case, "in", "Allora?", by=None, at=at), True),
        (lambda at: resolve_case(case, by=colleague, text="Rimborsata", apologised=True, at=at), False),
        (lambda at: write_message(case, "in", "Grazie", by=None, at=at), True),
        (lambda at: write_message(case, "note", "Ringrazia", by=colleague, ends_waiting=True, at=at), False),
        (lambda at: reopen_case(case, by=colleague, reason="Non è arrivato", at=at), True),
    ]
    assert case.waiting_since == now
    since = now
    for hours, (do, waits) in enumerate(steps, start=1):
        at = now + timedelta(hours=hours)
        do(at)
        since = (since or at) if waits else None
        assert Case.objects.get().waiting_since == case.waiting_since == since
        assert rebuild_state(case).waiting_since == since


def test_the_list_of_who_waits_holds_closed_cases_too(case, colleague, now):
    resolve_case(case, by=colleague, text="Rimborsata", apologised=True, at=now)
    assert not cases(colleague, CaseFilter(state="waiting")).exists()
    write_message(case, "in", "Non è arrivato niente", by=None, at=now)
    assert list(cases(colleague, CaseFilter(state="waiting"))) == [case]


def test_a_colleague_who_is_named_sees_it_until_they_have_opened_the_case(case, colleague, manager, new_person, padova):
    far = new_person("front_line", padova, name="Fabio Lontano")
    write_message(case, "note", "@marta guarda, e anche @Fabio", by=colleague)
    assert [one.message.case for one in mentions_of(manager)] == [case]
    assert mentions_of(far) == []
    see_mentions(case, manager)
    assert mentions_of(manager) == []


def test_what_is_said_to_the_customer_calls_nobody(case, colleague, manager):
    write_message(case, "out", "Scriva a @marta", by=colleague, channel="email")
    assert mentions_of(manager) == []


def test_the_customer_sees_what_was_written_and_never_a_note(case, colleague, now):
    write_message(case, "note", "Cliente difficile", by=colleague, at=now)
    write_message(case, "out", "Gli ho detto di stare calmo", by=colleague, channel="phone", at=now)
    write_message(case, "out", "Ci scusi.", by=colleague, channel="email", at=now + timedelta(hours=1))
    hear_customer(case, "Grazie", at=now + timedelta(hours=2))
    lines, said = thread_of(case_by_token(case.token))
    assert [(line.is_ours, line.text) for line in lines] == [(True, ""), (True, "Ci scusi."), (False, "Grazie")]
    assert said == 3


def test_a_customer_who_says_that_it_is_not_solved_reopens_the_case(case, colleague, now):
    resolve_case(case, by=colleague, text="Rimborsata", apologised=True, at=now)
    hear_customer(case, "Grazie", at=now)
    assert not Case.objects.get().is_open
    hear_customer(case, "Non è arrivato", not_solved=True, at=now)
    assert Case.objects.get().is_open


def test_a_machine_that_writes_is_told_to_wait(case, now):
    for number in range(MOST_AN_HOUR):
        hear_customer(case, f"Messaggio {number}", at=now)
    with pytest.raises(PremuraError):
        hear_customer(case, "Ancora", at=now + timedelta(minutes=59))
    hear_customer(case, "Un'ora dopo", at=now + timedelta(minutes=61))


def test_five_hundred_messages_cost_no_more_queries(case, now, django_assert_num_queries):
    from premura.loop.recover.models import Message

    Message.objects.bulk_create(
        Message(case=case, direction="in", channel="web", text=f"Riga {n}", written_at=now) for n in range(500)
    )
    with django_assert_num_queries(3):
        lines, said = thread_of(case)
    assert (len(lines), said) == (MOST_SHOWN, 500)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("fattura.pdf.exe", b"MZ\x90\x00"),
        ("foto.jpg", b"<html><script>"),
        ("foto.svg", b"<svg xmlns='http://www.w3.org/2000/svg'>"),
        ("vuoto.pdf", b""),
        ("rotta.png", picture()[:40]),
        ("bomba.png", picture(size=(8_000, 6_500))),
        ("grande.pdf", b"%PDF-" + b"0" * LARGEST),
    ],
)
def test_a_file_that_could_do_harm_is_refused_and_nothing_is_kept(case, name, content):
    with pytest.raises(PremuraError) as refused:
        hear_customer(case, "Ecco", files=[PDF, Given(name, content)])
    assert name.split(".")[0] in str(refused.value)
    assert not Attachment.objects.exists()
    assert not case.messages.exists()


def test_files_are_kept_under_a_name_of_ours_and_go_with_the_customer(
    case, customer, django_capture_on_commit_callbacks
):
    message = hear_customer(case, "Ecco", files=[Given("../../etc/fattura.pdf.exe", PDF.content)])
    kept = message.attachments.get()
    path = path_of(kept)
    assert (kept.name, kept.kind) == ("fattura.pdf", "pdf")
    assert path.read_bytes() == PDF.content
    assert "fattura" not in str(path)
    token = case.token
    with django_capture_on_commit_callbacks(execute=True):
        wiring.forget_customer(customer, by=None)
    assert not path.exists()
    with pytest.raises(NotFound):
        case_by_token(token)


def test_a_photo_tells_nothing_of_where_it_was_taken(case):
    message = hear_customer(case, "Ecco", files=[Given("IMG_1.JPG", picture("JPEG", size=(8, 4), with_place=True))])
    row = message.attachments.get()
    with Image.open(path_of(row)) as kept:
        assert (kept.size, dict(kept.getexif())) == ((8, 4), {})
    assert (row.name, row.kind, row.size) == ("IMG_1.jpg", "jpg", path_of(row).stat().st_size)


def test_too_many_files_are_refused(case):
    with pytest.raises(PremuraError):
        hear_customer(case, "Ecco", files=[PDF] * 4)


@given(st.text(max_size=60), st.sampled_from(["pdf", "png"]))
def test_the_name_of_a_file_is_always_harmless(name, kind):
    made = harmless_name(name, kind)
    assert made.endswith(f".{kind}")
    assert made.count(".") == 1
    assert not set(made) & set('/\\:*?"<>|\0\n\r')
    assert len(made) <= 100


@given(st.binary(max_size=40) | st.binary(max_size=40).map(picture("JPEG").__add__))
def test_whatever_comes_is_one_of_three_kinds_or_refused(content):
    with suppress(PremuraError):
        assert check_files([Given("foto.jpg", content)])[0].kind in {"jpg", "png", "pdf"}
