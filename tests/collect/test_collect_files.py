"""Photos, files and signatures: taken by their content, without what they carry, for the page and for programs."""

import base64
import io
import re
import secrets

import pytest
from PIL import Image

from premura.loop.listen.pictures import NotTakenError, taken

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path / "answers"


def photo(size=(60, 30), **saved) -> bytes:
    """A JPEG that tells where it was taken and must be turned to be upright."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Camera of somebody"
    exif.get_ifd(0x8825)[1] = "N"
    out = io.BytesIO()
    Image.new("RGB", size, "navy").save(out, "JPEG", exif=exif, **saved)
    return out.getvalue()


@pytest.fixture
def asking(new_survey):
    ask = {"it": "Domanda", "en": "Question"}
    questions = [
        {"code": "nps", "kind": "nps", "text": ask, "required": True},
        {"code": "damage", "kind": "photo", "text": ask},
        {"code": "signed", "kind": "signature", "text": ask},
    ]
    return new_survey("danni", {"title": ask, "languages": ["it", "en"], "questions": questions})


def multipart(fields: dict, files: dict) -> tuple[str, bytes]:
    mark = secrets.token_hex(8)
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n'.encode() for n, v in fields.items()
    ]
    for name, (filename, data) in files.items():
        head = f'Content-Disposition: form-data; name="{name}"; filename="{filename}"\r\nContent-Type: image/jpeg'
        parts.append(f"--{mark}\r\n{head}\r\n\r\n".encode() + data + b"\r\n")
    return f"multipart/form-data; boundary={mark}", b"".join(parts) + f"--{mark}--\r\n".encode()


def send(visitor, fields: dict, files: dict, **headers):
    content_type, body = multipart({"key": "k1", "lang": "it", **fields}, files)
    return visitor.run(visitor.ask("POST", "/s/danni", body, {"content_type": content_type, **headers}))


def unfolded():
    from premura.loop.listen.models import Response
    from premura.loop.listen.submissions import unfold_waiting

    unfold_waiting()
    return Response.objects.get()


def test_a_photo_is_kept_upright_and_tells_nothing_else(asking, visitor, folder):
    answer = send(
        visitor, {"q.nps": "9", "q.signed.name": " Anna  Bianchi "}, {"q.damage": ("..\\C:\\auto.JPG", photo())}
    )
    assert answer.status == 303
    response = unfolded()
    attachment = response.answers.get(question="damage").attachment
    [kept] = folder.glob("*/*")
    assert kept.name == attachment.reference
    with Image.open(kept) as picture:
        assert (picture.size, dict(picture.getexif()), picture.format) == ((30, 60), {}, "JPEG")
    assert b"somebody" not in kept.read_bytes()
    assert attachment.name == "auto.JPG"
    assert response.answers.get(question="signed").contact == {"name": "Anna Bianchi"}
    assert response.answers.get(question="signed").text == ""


def test_a_program_sends_the_same_as_base64(asking, visitor, folder):
    drawn = io.BytesIO()
    Image.new("RGBA", (90, 30), (0, 0, 0, 0)).save(drawn, "PNG")
    answers = {
        "nps": 3,
        "damage": {"name": "fattura.pdf", "data": base64.b64encode(b"%PDF-1.7 ...").decode()},
        "signed": {"data": "data:image/png;base64," + base64.b64encode(drawn.getvalue()).decode()},
    }
    answer = visitor.post_json("/s/danni", {"key": "p1", "answers": answers})
    assert answer.status == 201, answer.text
    response = unfolded()
    endings = sorted(a.attachment.reference[-3:] for a in response.answers.exclude(question="nps"))
    assert endings == ["pdf", "png"]
    # The same key again is the same submission, and the same files
    assert visitor.post_json("/s/danni", {"key": "p1", "answers": answers}).status == 200
    assert len(list(folder.glob("*/*"))) == 2


BAD = [
    (b"MZ\x90 a program that is called photo.jpg", "file-kind"),
    (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "file-kind"),
    (photo()[:400], "file-kind"),
    (b"%PDF-" + b"0" * (12 * 1024 * 1024), "file-too-large"),
]


def test_what_is_no_photo_or_file_is_refused_with_words_and_nothing_is_lost(asking, visitor, folder):
    for data, code in BAD:
        told = send(visitor, {"q.nps": "9"}, {"q.damage": ("photo.jpg", data)}, accept="application/json")
        assert (told.status, told.json["problems"][0]["code"]) == (422, code)
    files = {"q.damage": ("photo.jpg", BAD[0][0])}
    page = send(visitor, {"q.nps": "9", "q.signed.name": "Anna"}, files)
    assert page.status == 422
    assert 'value="9" checked' in page.text
    assert 'value="Anna"' in page.text
    assert not list(folder.glob("*/*"))


def test_a_file_stays_with_a_form_that_comes_back(asking, visitor, folder):
    page = send(visitor, {}, {"q.damage": ("auto.jpg", photo())})
    assert page.status == 422
    [reference] = re.findall(r'name="q.damage.file" value="([0-9a-f]{64}\.jpg)"', page.text)
    kept = {"q.nps": "8", "q.damage.file": reference, "q.damage.name": "auto.jpg"}
    assert send(visitor, kept, {}).status == 303
    assert unfolded().answers.get(question="damage").attachment.reference == reference


def test_an_address_that_leads_nowhere_is_not_an_answer(asking, visitor):
    for reference in ("../../secret_key", "0" * 64 + ".jpg", "0" * 64 + ".exe"):
        answer = visitor.post_json("/s/danni", {"key": "k", "answers": {"nps": 9, "damage": {"file": reference}}})
        assert (answer.status, answer.json["problems"][0]["code"]) == (422, "file-gone")


def test_a_survey_without_files_takes_none_and_reads_no_more_than_ever(survey, visitor):
    content_type, body = multipart({"key": "k", "q.nps": "9"}, {"q.damage": ("a.jpg", photo())})
    headers = {"content_type": content_type, "accept": "application/json"}
    assert visitor.run(visitor.ask("POST", "/s/noleggio", body, headers)).status == 415
    assert visitor.run(visitor.ask("POST", "/s/noleggio", body + b"0" * 70_000, headers)).status == 413


def test_more_than_all_files_together_is_refused_before_it_is_read(asking, visitor):
    headers = {"content_type": "multipart/form-data; boundary=x", "content_length": "99000000"}
    assert visitor.run(visitor.ask("POST", "/s/danni", b"--x", headers)).status == 413


def test_a_bomb_is_told_by_its_first_bytes():
    out = io.BytesIO()
    Image.new("1", (8_000, 8_000)).save(out, "PNG")
    assert len(out.getvalue()) < 20_000
    with pytest.raises(NotTakenError) as refused:
        taken(out.getvalue())
    assert refused.value.code == "too-many-pixels"


def test_files_go_with_the_customer_and_what_was_never_sent_goes_after_two_days(
    asking, visitor, folder, owner, vicenza
):
    import os
    from datetime import timedelta

    from django.utils import timezone

    from premura.core.customers.customers import add_customer
    from premura.loop.listen.forgetting import forget
    from premura.loop.listen.models import Attachment, Invitation
    from premura.loop.listen.uploads import remove_loose_files

    anna = add_customer(by=owner, name="Anna Bianchi", location=vicenza, email="anna@example.it")
    Invitation.objects.create(survey=asking, customer=anna, channel="link", token="t1", asked_at=timezone.now())
    send(visitor, {"q.nps": "9", "i": "t1"}, {"q.damage": ("a.jpg", photo())})
    send(visitor, {"key": "k2"}, {"q.damage": ("b.jpg", photo((20, 20)))})
    waiting = {path.name for path in folder.glob("*/*")}
    assert len(waiting) == 2
    now = timezone.now()
    for path in folder.glob("*/*"):
        os.utime(path, ((now - timedelta(days=3)).timestamp(),) * 2)
    # What waits to be unfolded is nobody's loose end
    assert remove_loose_files(now) == 1
    response = unfolded()
    assert response.customer == anna
    [left] = folder.glob("*/*")
    assert Attachment.objects.get().reference == left.name
    forget(anna)
    assert not list(folder.glob("*/*"))
    assert response.answers.get(question="damage").kind == "photo"
    assert not Attachment.objects.exists()
