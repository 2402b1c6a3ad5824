"""The address with which a customer ends the asking, without signing in and without being asked why."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from premura.core.customers.models import Customer
from premura.core.errors import NotFound

_SALT = "premura.unsubscribe"


def unsubscribe_url(customer_id: int) -> str:
    """The whole address; whoever has it can do nothing but end the asking."""
    token = signing.dumps(customer_id, salt=_SALT)
    return f"{settings.ADDRESS}{reverse('unsubscribe', args=[token])}"


def customer_of(token: str) -> Customer:
    """Whose address it is; a forged one is not found. One query."""
    try:
        pk = signing.loads(token, salt=_SALT)
    except signing.BadSignature as error:
        raise NotFound from error
    customer = Customer.objects.filter(pk=pk, forgotten_at__isnull=True).first()
    if customer is None:
        raise NotFound
    return customer
