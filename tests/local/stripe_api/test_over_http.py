"""The stand-in behind HTTP: API, payment page, control, and webhooks that really travel."""

from __future__ import annotations

import json
import re
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
import stripe
from werkzeug import Request, Response

from local.http_server import WsgiServer
from local.stripe_api import post
from local.stripe_api.post import DeliveryLoop
from local.stripe_api.wsgi import application
from tests.local.stripe_api.bench import SECRET, Bench, line

if TYPE_CHECKING:
    from collections.abc import Iterator

MOUNT = "/_local/stripe"


class Site:
    """The stand-in on a port of its own, with a shop that takes its webhooks and its returning clients."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.returns: list[str] = []
        self.shop = WsgiServer(self._shop)
        self.bench = Bench(webhook_url=f"{self.shop.url}/webhooks/stripe", deliver=post.deliver)
        self.server = WsgiServer(lambda environ, start: self.application(environ, start))
        self.base = f"{self.server.url}{MOUNT}"
        self.application = application(self.bench.engine, self.base)
        for server in (self.shop, self.server):
            server.start("test-site")
        self.wire = stripe.RequestsClient()
        self.client = stripe.StripeClient(
            "sk_test_local", base_addresses={"api": self.base}, http_client=self.wire, max_network_retries=0
        )

    def _shop(self, environ: Any, start: Any) -> Any:
        request = Request(environ)
        if request.method == "POST":
            body = request.get_data()
            stripe.WebhookSignature.verify_header(body, request.headers["Stripe-Signature"], SECRET, None)
            self.events.append(json.loads(body))
        else:
            self.returns.append(request.full_path)
        return Response("thanks", 200)(environ, start)

    def session(self, **more: Any) -> stripe.checkout.Session:
        params: Any = {
            "mode": "payment",
            "success_url": f"{self.shop.url}/l/token/return?session={{CHECKOUT_SESSION_ID}}",
            "cancel_url": f"{self.shop.url}/l/token",
            "line_items": [line(168_445, name="Bill <b>7</b> & more"), line(500, name="Bill 8")],
            **more,
        }
        return self.client.v1.checkout.sessions.create(params)

    def close(self) -> None:
        self.wire.close()  # type: ignore[no-untyped-call] # the library leaves it so
        for server in (self.shop, self.server):
            server.stop()


def call(url: str, data: Any = None, *, follow: bool = True) -> tuple[int, Any, str]:
    """Return status, headers and text; `data` is a form (dictionary) or JSON (bytes)."""
    body = urlencode(data).encode() if isinstance(data, dict) else data
    opener = urllib.request.build_opener() if follow else urllib.request.build_opener(NoRedirect)
    try:
        with opener.open(url, body, timeout=10) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read().decode()


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any) -> None:
        return None


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.close()


class TestTheApi:
    def test_answers_the_real_client(self, site: Site) -> None:
        session = site.session(metadata={"bill": "bill_1"})

        found = site.client.v1.checkout.sessions.retrieve(session.id, {"expand": ["line_items"]})

        assert found.url == f"{site.base}/pay/{session.id}"
        assert found.line_items is not None
        assert [item.amount_total for item in found.line_items.data] == [168_445, 500]
        with pytest.raises(stripe.InvalidRequestError, match=r"No such checkout\.session"):
            site.client.v1.checkout.sessions.retrieve("cs_test_none")

    def test_drops_the_connection_when_told_to(self, site: Site) -> None:
        site.bench.engine.faults.next("timeout_after")

        with pytest.raises(stripe.APIConnectionError):
            site.session()

        assert len(site.client.v1.checkout.sessions.list().data) == 1


class TestThePaymentPage:
    def test_shows_what_is_paid_and_changes_nothing(self, site: Site) -> None:
        session = site.session(customer_email="client@example.com")

        status, headers, html = call(str(session.url))

        assert status == 200
        assert "168,945" not in html
        assert "1,689.45 USD" in html
        assert "Bill &lt;b&gt;7&lt;/b&gt; &amp; more" in html
        assert 'value="client@example.com"' in html
        assert f'href="{site.shop.url}/l/token"' in html
        assert "<script" not in html
        assert " style=" not in html
        policy = headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; style-src 'self'; form-action 'self' ")
        assert site.shop.url in policy
        assert site.client.v1.checkout.sessions.retrieve(session.id).status == "open"

    def test_has_a_style_sheet_of_its_own(self, site: Site) -> None:
        _, _, html = call(str(site.session().url))
        found = re.search(r'href="([^"]+\.css)"', html)

        assert found is not None
        status, headers, css = call(site.server.url + found[1])
        assert (status, headers["Content-Type"]) == (200, "text/css; charset=utf-8")
        assert ":focus-visible" in css

    def test_takes_a_card_tells_the_shop_and_goes_on_to_it(self, site: Site) -> None:
        session = site.session()

        status, _, text = call(
            str(session.url), {"method": "card", "card_number": "4242 4242 4242 4242", "email": "a@b.example"}
        )

        assert (status, text) == (200, "thanks")
        assert site.returns == [f"/l/token/return?session={session.id}"]
        assert [event["type"] for event in site.events][3] == "checkout.session.completed"
        assert site.client.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"

    def test_takes_a_bank_debit(self, site: Site) -> None:
        session = site.session()

        status, headers, _ = call(
            str(session.url), {"method": "us_bank_account", "email": "a@b.example"}, follow=False
        )

        assert status == 303
        assert headers["Location"] == f"{site.shop.url}/l/token/return?session={session.id}"
        assert site.client.v1.checkout.sessions.retrieve(session.id).payment_status == "unpaid"

    def test_says_why_a_card_was_declined_and_stays_open(self, site: Site) -> None:
        session = site.session()

        status, _, html = call(
            str(session.url), {"method": "card", "card_number": "4000000000000002", "email": "a@b.example"}
        )

        assert status == 402
        assert 'role="alert"' in html
        assert "Your card was declined." in html
        assert 'value="4000000000000002"' in html
        assert site.returns == []
        assert call(str(session.url))[0] == 200

    def test_has_an_end_for_complete_expired_and_unknown_sessions(self, site: Site) -> None:
        complete, expired = site.session(), site.session()
        call(str(complete.url), {"method": "card", "card_number": "4242424242424242"})
        site.client.v1.checkout.sessions.expire(expired.id)

        done, gone, none = (
            call(url) for url in (str(complete.url), str(expired.url), f"{site.base}/pay/cs_test_no")
        )

        assert (done[0], gone[0], none[0]) == (200, 410, 404)
        assert "This payment is complete" in done[2]
        assert "has expired" in gone[2]
        again = call(str(complete.url), {"method": "card", "card_number": "4242424242424242"}, follow=False)
        assert again[0] == 200
        assert len(site.client.v1.charges.list().data) == 1

    def test_has_a_receipt(self, site: Site) -> None:
        paid = site.bench.do("pay", session=site.session().id)
        intent = site.client.v1.payment_intents.retrieve(
            paid["payment_intent"], {"expand": ["latest_charge"]}
        )
        charge: Any = intent.latest_charge

        status, _, html = call(charge.receipt_url)

        assert status == 200
        assert "Receipt for 1,689.45 USD" in html


class TestControl:
    def test_makes_things_happen_and_delivers_them(self, site: Site) -> None:
        session = site.session()

        def do(**command: Any) -> tuple[int, Any]:
            status, _, text = call(f"{site.base}/control", json.dumps(command).encode())
            return status, json.loads(text)

        assert do(do="pay", session=session.id, method="bank_debit")[1]["payment_status"] == "unpaid"
        status, intent = do(do="debit_succeeds", session=session.id)
        assert (status, intent["status"]) == (200, "succeeded")
        assert site.events[-2]["type"] == "checkout.session.async_payment_succeeded"
        assert do(do="explode")[0] == 400
        assert do(do="pay", session="cs_test_none")[0] == 404
        assert call(f"{site.base}/control", b"{")[0] == 400

    def test_lists_the_state(self, site: Site) -> None:
        site.bench.do("pay", session=site.session().id)
        site.bench.engine.pump()

        _, _, text = call(f"{site.base}/control")

        state = json.loads(text)
        assert [one["payment_status"] for one in state["accounts"][0]["checkout.session"]] == ["paid"]
        assert {one["state"] for one in state["deliveries"]} == {"delivered"}
        assert state["deliveries"][0]["attempts"] == [{"at": state["now"], "status": 200}]


class TestTheDeliveryLoop:
    def test_delivers_in_the_background(self, site: Site) -> None:
        loop = DeliveryLoop(site.bench.engine, every_seconds=0.01)
        loop.start()

        site.bench.do("pay", session=site.session().id)
        for _ in range(500):
            if len(site.events) == 5:
                break
            time.sleep(0.01)
        loop.stop()

        assert len(site.events) == 5

    def test_counts_a_receiver_that_is_not_there_as_a_failed_attempt(self) -> None:
        bench = Bench(webhook_url="http://127.0.0.1:1/webhooks/stripe", deliver=post.deliver)
        bench.client.v1.checkout.sessions.expire(bench.session().id)

        bench.engine.pump()

        assert [status for _, status in bench.engine.mailbox.deliveries[0].attempts] == [0]
        assert bench.engine.mailbox.waiting()
