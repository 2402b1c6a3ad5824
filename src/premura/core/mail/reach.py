"""Which way a customer is written to: the one they prefer, where it is there; else by e-mail."""

from collections.abc import Collection

from premura.core.mail.models import Way


def way_to(*, email: str, phone: str, preferred: str, texts: Collection[str]) -> tuple[str, str]:
    """Way and address; both empty when there is none. ``texts`` are the kinds of text message that leave here.

    A text message costs money and comes close: it is sent only to who prefers it.

    >>> way_to(email="a@b.it", phone="0444", preferred="sms", texts=["sms"])
    ('sms', '0444')
    >>> way_to(email="a@b.it", phone="0444", preferred="sms", texts=[])
    ('email', 'a@b.it')
    >>> way_to(email="", phone="0444", preferred="", texts=["sms"])
    ('', '')
    """
    if preferred in texts and phone:
        return preferred, phone
    return (Way.EMAIL.value, email) if email else ("", "")
