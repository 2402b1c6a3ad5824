"""The signed link that opens the board as a member of the panel, and what is said of one that does not."""

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.utils.translation import gettext as _

from premura.core.errors import NotFound
from premura.loop.listen.panel_models import PanelMember

#: How long a link in a letter opens the board; every letter carries a fresh one
LINK_LASTS = timedelta(days=365)
_SALT = "premura.panel"


def panel_token(member: PanelMember) -> str:
    """What opens the board as this member: signed with the day, and worth nothing after the next invitation."""
    return signing.dumps([member.pk, member.serial], salt=_SALT)


def panel_link(member: PanelMember) -> str:
    """The address of the member's own page, as a letter gives it."""
    return f"{settings.ADDRESS}/ideas/panel/{panel_token(member)}/"


def member_of(token: str) -> PanelMember:
    """Whose link it is, also of who has left. A forged, an expired, a replaced and a withdrawn one each say so."""
    try:
        pk, serial = signing.loads(token, salt=_SALT, max_age=LINK_LASTS)
    except signing.SignatureExpired as error:
        raise NotFound("link-expired", _("This link is more than a year old. Ask us for a new one.")) from error
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise NotFound(
            "link-wrong", _("This link is not complete, or not ours. Open it from our letter, or copy all of it.")
        ) from error
    member = PanelMember.objects.select_related("customer__location").filter(pk=pk, customer__isnull=False).first()
    if member is None or member.serial != serial:
        raise NotFound("link-replaced", _("This link is no longer good: we sent a newer one. Open our latest letter."))
    if member.withdrawn_at:
        raise NotFound(
            "link-withdrawn", _("We took this invitation back. Ask us, if you would like to take part all the same.")
        )
    return member
