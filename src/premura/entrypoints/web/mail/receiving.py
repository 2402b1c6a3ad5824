"""Where gateways report what became of a text message: by GET or POST, as a form or as JSON."""

import json
import time

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from premura.core.limits import RateLimit, caller
from premura.core.mail.receipts import take_receipt
from premura.entrypoints.web.door import open_to_all

# A provider reports about everybody's messages from few addresses, each message several times
_LIMIT = RateLimit(burst=600, per_second=20.0)
_LONGEST_BODY = 20_000


@open_to_all
@csrf_exempt  # the signed address is the key, and a gateway has no cookie
@require_http_methods(["GET", "POST"])
def gateway_receipt(request: HttpRequest, token: str) -> HttpResponse:
    """204 for whatever was understood or is not final; 404 for a forged address, 429 when it is too often."""
    peer, forwarded = request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_X_FORWARDED_FOR", "")
    if wait := _LIMIT.wait_seconds(caller(peer, forwarded), "receipt", time.monotonic()):
        return HttpResponse(status=429, headers={"Retry-After": str(wait)})
    take_receipt(token, _said(request), timezone.now())
    return HttpResponse(status=204)


def _said(request: HttpRequest) -> dict[str, str]:
    """The report's fields; of JSON the outer ones and, one step in, those of an object in it."""
    said = {**request.GET.dict(), **(request.POST.dict() if request.method == "POST" else {})}
    if request.content_type == "application/json" and len(request.body) <= _LONGEST_BODY:
        try:
            found = json.loads(request.body)
        except (ValueError, RecursionError):
            return said
        for name, value in found.items() if isinstance(found, dict) else ():
            inner = value if isinstance(value, dict) else {name: value}
            said |= {key: one for key, one in inner.items() if isinstance(one, str)}
    return said
