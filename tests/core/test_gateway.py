"""Text messages against a real HTTP server: filled in safely, sent once, retried, never into our own network."""

import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.utils import timezone

from premura.core.customers.customers import add_customer, opt_out
from premura.core.history.models import Event
from premura.core.mail.apprise_way import NoSuchServiceError, service_at
from premura.core.mail.gateway import GatewayDownError, RefusedError, change_gateway, send_text
from premura.core.mail.gateway_rules import filled_address
from premura.core.mail.mail import Letter, queue_letters, send_waiting
from premura.core.mail.models import Gateway, OutgoingMail
from premura.core.mail.receipts import Receipts, receipt_url, receipts


class Provider(BaseHTTPRequestHandler):
    """Takes messages, or answers what the test says."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.seen.append((self.path, dict(self.headers), body))
        status = self.server.status
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/elsewhere")
        self.end_headers()
        self.wfile.write(b"key s3cret: said")

    def log_message(self, *_args):
        pass


@pytest.fixture
def provider():
    server = HTTPServer(("127.0.0.1", 0), Provider)
    server.seen, server.status = [], 200
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def gateway(owner, provider):
    return change_gateway(
        "sms", "s3cret", by=owner, is_on=True, allows_private=True, prefix="+39",
        url=f"http://127.0.0.1:{provider.server_port}/send?from={{to}}", headers="X-Key: {secret}",
        body='{"to": "{to}", "text": "{text}", "id": "{id}"}',
    )  # fmt: skip


def queue(key="a", address="0444 555001", text='Com\'è andata? "{secret}"', **more):
    queue_letters([Letter(key=key, channel="sms", address=address, subject="x", text=text, **more)], timezone.now())
    return OutgoingMail.objects.get(key=key)


def test_a_message_is_sent_once_with_everything_made_safe(gateway, provider):
    row = queue()
    assert (send_waiting(), send_waiting()) == (1, 0)
    [(path, headers, body)] = provider.seen
    assert path == "/send?from=%2B390444555001"
    assert headers["X-Key"] == "s3cret"
    told = json.loads(body)
    assert told["text"] == 'Com\'è andata? "{secret}"', "what a message says is never filled in again"
    assert row.message_id.strip("<").startswith(told["id"])
    assert OutgoingMail.objects.get().sent_at
    assert "s3cret" not in Gateway.objects.get().secret_sealed
    assert "s3cret" not in json.dumps(list(Event.objects.values_list("data", flat=True)))


@pytest.mark.parametrize("status", [500, 401, 429, 302])
def test_a_gateway_that_is_down_keeps_everything_and_says_so_without_the_key(gateway, provider, status):
    provider.status = status
    queue()
    send_waiting()
    row, kept = Gateway.objects.get(), OutgoingMail.objects.get()
    assert row.down_since
    assert "•••" in row.error
    assert "s3cret" not in row.error + kept.error
    assert kept.due_at > timezone.now()
    assert not kept.given_up_at
    assert [path for path, _headers, _body in provider.seen if "elsewhere" in path] == []
    provider.status = 200
    OutgoingMail.objects.update(due_at=timezone.now())
    send_waiting()
    assert OutgoingMail.objects.get().sent_at
    assert Gateway.objects.get().down_since is None


def test_what_is_wrong_with_one_message_concerns_that_one(gateway, provider):
    provider.status = 422
    queue("refused")
    queue("nobody", address="chiama me")
    send_waiting()
    assert set(OutgoingMail.objects.exclude(given_up_at=None).values_list("key", flat=True)) == {"refused", "nobody"}
    assert Gateway.objects.get().down_since is None


def test_waiting_for_days_is_given_up_and_who_opted_out_gets_nothing(gateway, provider, owner):
    customer = add_customer(by=owner, name="Ada", phone="0444 555001")
    queue("out", customer_id=customer.pk, unsubscribe_url="https://x")
    opt_out(customer, by=None)
    queue("old")
    OutgoingMail.objects.filter(key="old").update(created_at=timezone.now() - timedelta(days=4))
    provider.status = 503
    send_waiting()
    assert not OutgoingMail.objects.filter(given_up_at=None).exists()
    assert len(provider.seen) == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_service_of_apprise_is_judged_as_a_request_is(gateway, provider, host):
    gateway.allows_private, gateway.url = False, f"json://{host}:{provider.server_port}/?-to={{to}}"
    with pytest.raises(GatewayDownError, match="private"):
        send_text(gateway, "0444 555001", "ciao", "1")
    assert provider.seen == []


def test_apprise_sends_and_says_what_is_wrong_with_whom(gateway, provider):
    gateway.url = f"json://me:{{secret}}@127.0.0.1:{provider.server_port}/sms?-to={{to}}&:to={{to}}"
    gateway.save()
    queue()
    assert (send_waiting(), send_waiting()) == (1, 0)
    [(_path, _headers, body)] = provider.seen
    told = json.loads(body)
    assert (told["message"], told["to"]) == ('Com\'è andata? "{secret}"', "+390444555001")
    provider.status = 422
    with pytest.raises(RefusedError):
        send_text(gateway, "0444 555001", "ciao", "1")
    for provider.status in (500, 401):
        with pytest.raises(GatewayDownError) as refusal:
            send_text(gateway, "0444 555001", "ciao", "1")
        assert "s3cret" not in str(refusal.value)
    gateway.url = "json://127.0.0.1:1/?:to={to}"
    with pytest.raises(GatewayDownError):
        send_text(gateway, "0444 555001", "ciao", "1")


@pytest.mark.parametrize("url", ["dbus://", "syslog://local0/{to}", "nosuch://x/{to}", "gnome://", "clicksend://{to}"])
def test_what_is_no_service_or_does_not_leave_the_machine_is_refused(url):
    with pytest.raises(NoSuchServiceError):
        service_at(filled_address(url, {"to": "+390444555001"}))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "169.254.169.254", "10.1.2.3"])
def test_nothing_goes_into_our_own_network_unless_the_owner_says_so(gateway, provider, host):
    gateway.allows_private = False
    gateway.url = f"http://{host}:{provider.server_port}/{{to}}"
    with pytest.raises(GatewayDownError, match="private"):
        send_text(gateway, "0444 555001", "ciao", "1")
    assert provider.seen == []


def test_a_number_that_is_none_is_the_messages_fault(gateway):
    with pytest.raises(RefusedError):
        send_text(gateway, "123", "ciao", "1")


def test_without_a_gateway_messages_wait(db):
    queue()
    assert send_waiting() == 0
    assert OutgoingMail.objects.get().attempts == 0


@pytest.fixture
def reported(gateway, provider, owner, client):
    """A message that left with an address for its receipt, as the provider got it, without the host."""
    change_gateway("sms", None, by=owner, body='{"to": "{to}", "text": "{text}", "callback": "{receipt}"}')
    queue()
    send_waiting()
    return "/" + json.loads(provider.seen[0][2])["callback"].split("/", 3)[3]


def state():
    row = OutgoingMail.objects.get()
    return row.delivered_at is not None, row.bounced_at is not None


def test_a_receipt_says_delivered_and_a_later_failure_does_not_unsay_it(reported, client):
    assert client.post(reported, {"MessageStatus": "sent"}).status_code == 204
    assert state() == (False, False), "on its way is not delivered"
    assert (
        client.post(reported, {"MessageStatus": "undelivered", "ErrorCode": "30005\0", "To": "+39"}).status_code == 204
    )
    assert (state(), OutgoingMail.objects.get().error) == (
        (False, True),
        "MessageStatus: undelivered, ErrorCode: 30005",
    )
    assert client.get(reported, {"status": "DELIVRD"}).status_code == 204
    assert client.post(reported, {"status": "failed"}).status_code == 204
    assert state() == (True, False)
    assert receipts("sms", timezone.now()) == Receipts(sent=1, delivered=1, failed=0)


def test_what_is_reported_before_we_wrote_down_that_it_left_keeps_its_reason(reported, client):
    from premura.core.mail.mail import _mark_sent

    OutgoingMail.objects.update(sent_at=None)
    client.post(reported, {"status": "failed", "reason": "no such number"})
    _mark_sent(OutgoingMail.objects.get())
    mail = OutgoingMail.objects.get()
    assert (bool(mail.sent_at), bool(mail.bounced_at), mail.error) == (
        True,
        True,
        "status: failed, reason: no such number",
    )


def test_what_arrived_does_not_go_out_twice_where_the_gateways_answer_to_us_was_lost(reported, client):
    OutgoingMail.objects.update(sent_at=None)
    client.post(reported, {"status": "delivered"})
    assert OutgoingMail.objects.get().sent_at
    assert send_waiting() == 0


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ('{"data": {"status": "rejected", "n": 1}}', (False, True)),
        ('{"data": ["delivered"], "status": 7}', (False, False)),
        ("[" * 9_000, (False, False)),
        ('{"status": "delivered", "x": "' + "x" * 30_000 + '"}', (False, False)),
    ],
)
def test_a_receipt_as_json(reported, client, body, found):
    assert client.post(reported, body, content_type="application/json").status_code == 204
    assert state() == found
    if not any(found):
        assert receipts("sms", timezone.now()).silent == 1


def test_a_forged_receipt_is_not_found_and_that_of_a_test_message_touches_nothing(reported, client):
    assert client.post(reported[:-3] + "xx/", {"status": "delivered"}).status_code == 404
    test = "/" + receipt_url(0).split("/", 3)[3]
    assert client.post(test, {"status": "delivered"}).status_code == 204
    assert state() == (False, False)
