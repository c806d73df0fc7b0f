"""The rules of the API itself: keys, accounts, idempotency, lists, expansion, errors."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from local.stripe_api import forms
from local.stripe_api.errors import ApiError
from local.stripe_api.faults import Kind
from local.stripe_api.inprocess import client
from local.stripe_api.wire import CallCounter
from tests.local.stripe_api.bench import Bench, line


@pytest.fixture
def bench() -> Bench:
    return Bench()


def refund_params(bench: Bench, amount: int = 100) -> Any:
    return {"payment_intent": bench.paid()["payment_intent"], "amount": amount}


class TestAnApiKey:
    def test_that_is_unknown_is_refused(self, bench: Bench) -> None:
        stranger = client(bench.engine, api_key="sk_test_somebody_else")

        with pytest.raises(
            stripe.AuthenticationError, match=r"Invalid API Key provided: sk_test_\*+else"
        ) as refusal:
            stranger.v1.events.list()

        assert refusal.value.http_status == 401

    def test_that_is_missing_is_refused(self, bench: Bench) -> None:
        answer = bench.engine.handle("GET", "/v1/events", {})

        assert answer.status == 401
        assert answer.body["error"]["type"] == "invalid_request_error"


class TestAccounts:
    def test_are_kept_apart_by_key_and_by_header(self) -> None:
        bench = Bench(api_keys=["sk_test_local", "sk_test_second"])
        session = bench.session()
        second = client(bench.engine, api_key="sk_test_second")
        connected = client(bench.engine, stripe_account="acct_other")

        for other in (second, connected):
            with pytest.raises(stripe.InvalidRequestError, match=r"No such checkout\.session") as refusal:
                other.v1.checkout.sessions.retrieve(session.id)
            assert (refusal.value.http_status, refusal.value.code) == (404, "resource_missing")
            assert other.v1.checkout.sessions.list().data == []

        assert connected.v1.accounts.retrieve_current().id == "acct_other"
        assert bench.client.v1.accounts.retrieve_current().charges_enabled

    def test_that_are_connected_are_named_in_their_events(self, bench: Bench) -> None:
        connected = client(bench.engine, stripe_account="acct_other")
        params: Any = {"mode": "payment", "success_url": "http://127.0.0.1/", "line_items": [line(500)]}
        session = connected.v1.checkout.sessions.create(params)

        bench.do("pay", session=session.id, account="acct_other")
        bench.emitted()

        assert {event["account"] for event in bench.receiver.events} == {"acct_other"}
        assert bench.client.v1.events.list().data == []

    def test_that_are_not_connected_are_refused(self) -> None:
        bench = Bench(connected_accounts=["acct_ours"])

        with pytest.raises(stripe.PermissionError) as refusal:
            client(bench.engine, stripe_account="acct_theirs").v1.events.list()

        assert refusal.value.http_status == 403
        body: Any = refusal.value.json_body
        assert body["error"]["code"] == "account_invalid"
        assert client(bench.engine, stripe_account="acct_ours").v1.events.list().data == []


class TestAnIdempotencyKey:
    def test_gives_the_same_answer_to_the_same_request(self, bench: Bench) -> None:
        params = refund_params(bench)

        first = bench.client.v1.refunds.create(params, {"idempotency_key": "k1"})
        second = bench.client.v1.refunds.create(params, {"idempotency_key": "k1"})

        assert first.id == second.id
        assert first.last_response is not None
        assert second.last_response is not None
        assert "Idempotent-Replayed" not in first.last_response.headers
        assert second.last_response.headers["Idempotent-Replayed"] == "true"
        assert second.last_response.headers["Original-Request"] == first.last_response.headers["Request-Id"]
        assert len(bench.client.v1.refunds.list().data) == 1

    def test_refuses_other_parameters(self, bench: Bench) -> None:
        params = refund_params(bench)
        other: Any = {**params, "amount": 101}
        bench.client.v1.refunds.create(params, {"idempotency_key": "k1"})

        with pytest.raises(stripe.IdempotencyError, match="same parameters") as refusal:
            bench.client.v1.refunds.create(other, {"idempotency_key": "k1"})
        with pytest.raises(stripe.IdempotencyError, match="same endpoint"):
            bench.client.v1.checkout.sessions.expire("cs_test_1", options={"idempotency_key": "k1"})

        assert refusal.value.http_status == 400

    def test_is_forgotten_after_a_day(self, bench: Bench) -> None:
        params = refund_params(bench)
        first = bench.client.v1.refunds.create(params, {"idempotency_key": "k1"})

        bench.advance(hours=23, minutes=59)
        same = bench.client.v1.refunds.create(params, {"idempotency_key": "k1"})
        bench.advance(minutes=1)
        second = bench.client.v1.refunds.create(params, {"idempotency_key": "k1"})

        assert first.id == same.id != second.id

    def test_keeps_a_refusal_of_the_endpoint_but_not_one_of_its_parameters(self, bench: Bench) -> None:
        paid = bench.paid(10_000)
        options: Any = {"idempotency_key": "k1"}
        unknown: Any = {"colour": "red"}
        with pytest.raises(stripe.InvalidRequestError, match="unknown parameter"):
            bench.client.v1.refunds.create(unknown, options)

        params: Any = {"payment_intent": paid["payment_intent"], "amount": 10_001}
        with pytest.raises(stripe.InvalidRequestError, match="greater than"):
            bench.client.v1.refunds.create(params, options)
        with pytest.raises(stripe.InvalidRequestError, match="greater than") as refusal:
            bench.client.v1.refunds.create(params, options)

        assert refusal.value.headers is not None
        assert refusal.value.headers["Idempotent-Replayed"] == "true"

    def test_belongs_to_one_account(self, bench: Bench) -> None:
        params: Any = {"mode": "payment", "success_url": "http://127.0.0.1/", "line_items": [line(500)]}
        other = client(bench.engine, stripe_account="acct_other")

        ours = bench.client.v1.checkout.sessions.create(params, {"idempotency_key": "k1"})
        theirs = other.v1.checkout.sessions.create(params, {"idempotency_key": "k1"})

        assert ours.id != theirs.id


class TestAList:
    def test_is_read_page_by_page_newest_first(self, bench: Bench) -> None:
        made = [bench.session(100 + number).id for number in range(25)]

        first = bench.client.v1.checkout.sessions.list()
        all_ids = [one.id for one in bench.client.v1.checkout.sessions.list({"limit": 7}).auto_paging_iter()]
        back = bench.client.v1.checkout.sessions.list({"ending_before": made[0], "limit": 2})

        assert (len(first.data), first.has_more, first.url) == (10, True, "/v1/checkout/sessions")
        assert all_ids == made[::-1]
        assert [one.id for one in back.data] == [made[2], made[1]]

    def test_is_filtered_by_time(self, bench: Bench) -> None:
        bench.session(100)
        bench.advance(hours=1)
        middle = bench.session(200)
        bench.advance(hours=1)
        bench.session(300)

        found = bench.client.v1.checkout.sessions.list(
            {"created": {"gte": middle.created, "lt": middle.created + 3600}}
        )

        assert [one.amount_total for one in found.data] == [200]

    @pytest.mark.parametrize("params", [{"limit": 0}, {"limit": 101}, {"starting_after": "cs_test_none"}])
    def test_refuses_limits_and_cursors_that_are_none(self, bench: Bench, params: Any) -> None:
        with pytest.raises(stripe.InvalidRequestError):
            bench.client.v1.checkout.sessions.list(params)

    def test_of_events_is_filtered_by_type_and_delivery(self, bench: Bench) -> None:
        bench.receiver.answers = [500]
        bench.paid()
        bench.engine.pump()

        def types(**params: Any) -> list[str]:
            return [one.type for one in bench.client.v1.events.list(params).data]  # type: ignore[arg-type] # plain

        assert types(type="charge.*") == ["charge.updated", "charge.succeeded"]
        assert types(types=["charge.updated", "refund.created"]) == ["charge.updated"]
        assert types(delivery_success=False) == ["payment_intent.created"]

    def test_of_events_goes_back_thirty_days(self, bench: Bench) -> None:
        bench.paid()

        bench.advance(days=30)

        assert bench.client.v1.events.list().data == []


class TestExpansion:
    @pytest.mark.parametrize("path", ["metadata.colour", "colour", "payment_intent.amount"])
    def test_of_what_is_no_object_is_refused(self, bench: Bench, path: str) -> None:
        paid = bench.paid()

        with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
            bench.client.v1.checkout.sessions.retrieve(paid["id"], {"expand": [path]})

    def test_does_not_change_what_is_stored(self, bench: Bench) -> None:
        paid = bench.paid()
        bench.client.v1.checkout.sessions.retrieve(paid["id"], {"expand": ["payment_intent"]})

        found = bench.client.v1.checkout.sessions.retrieve(paid["id"])

        assert found.payment_intent == paid["payment_intent"]


class TestTheApiVersion:
    def test_of_the_request_is_that_of_its_events(self, bench: Bench) -> None:
        params = refund_params(bench)

        bench.client.v1.refunds.create(params, {"stripe_version": "2025-01-27.acacia"})

        event = bench.client.v1.events.list({"type": "refund.created"}).data[0]
        assert event.api_version == "2025-01-27.acacia"
        assert event.request is not None
        assert event.request.idempotency_key is not None

    def test_that_is_none_is_refused(self, bench: Bench) -> None:
        with pytest.raises(stripe.InvalidRequestError, match="Invalid Stripe API version"):
            bench.client.v1.events.list(options={"stripe_version": "yesterday"})


class TestAnAddress:
    def test_that_does_not_exist_is_a_404(self, bench: Bench) -> None:
        with pytest.raises(stripe.InvalidRequestError, match="Unrecognized request URL") as refusal:
            bench.client.v1.customers.list()

        assert refusal.value.http_status == 404


class TestFaults:
    def test_before_the_work_leave_nothing_done(self, bench: Bench) -> None:
        params = refund_params(bench)

        kinds: tuple[Kind, ...] = ("timeout_before", "reset")
        for kind in kinds:
            bench.engine.faults.next(kind)
            with pytest.raises(stripe.APIConnectionError) as silence:
                bench.client.v1.refunds.create(params)
            assert silence.value.should_retry

        assert bench.client.v1.refunds.list().data == []

    def test_after_the_work_leave_it_done_once_with_the_same_key(self, bench: Bench) -> None:
        params = refund_params(bench)
        bench.engine.faults.next("timeout_after")
        with pytest.raises(stripe.APIConnectionError):
            bench.client.v1.refunds.create(params, {"idempotency_key": "k1"})

        again = bench.client.v1.refunds.create(params, {"idempotency_key": "k1"})

        assert [one.id for one in bench.client.v1.refunds.list().data] == [again.id]

    @pytest.mark.parametrize(
        ("kind", "error"),
        [
            ("error_500", stripe.APIError),
            ("error_500_after", stripe.APIError),
            ("error_429", stripe.RateLimitError),
            ("conflict_409", stripe.APIError),
        ],
    )
    def test_that_answer_raise_what_the_library_raises(
        self, bench: Bench, kind: Any, error: type[stripe.StripeError]
    ) -> None:
        bench.engine.faults.next(kind)

        with pytest.raises(error):
            bench.session()

        assert len(bench.client.v1.checkout.sessions.list().data) == (kind == "error_500_after")

    def test_are_survived_by_the_librarys_own_retries(self, bench: Bench) -> None:
        patient = client(bench.engine, max_network_retries=2)
        bench.engine.faults.next("timeout_after")
        bench.engine.faults.next("error_500")
        params: Any = {"mode": "payment", "success_url": "http://127.0.0.1/", "line_items": [line(500)]}

        session = patient.v1.checkout.sessions.create(params)

        assert [one.id for one in bench.client.v1.checkout.sessions.list().data] == [session.id]

    def test_last_for_a_while_and_only_where_they_are_asked_for(self, bench: Bench) -> None:
        bench.do("outage", seconds=60, method="POST", path="/v1/checkout/sessions")

        with pytest.raises(stripe.APIError):
            bench.session()
        listed = bench.client.v1.checkout.sessions.list().data
        bench.advance(seconds=60)

        assert listed == []
        assert bench.session().status == "open"


class TestAnObserver:
    def test_counts_calls_by_method_and_template(self, bench: Bench) -> None:
        counter = CallCounter()
        bench.engine.observe(counter)
        session = bench.session()

        for _ in range(2):
            bench.client.v1.checkout.sessions.retrieve(session.id)

        assert counter.calls == {
            ("POST", "/v1/checkout/sessions"): 1,
            ("GET", "/v1/checkout/sessions/{id}"): 2,
        }
        assert counter.total == 3


class TestFormEncoding:
    def test_reads_nested_names(self) -> None:
        text = "a[0][b]=1&a[1][b]=2&c[d][e]=x%5B&f[]=1&f[]=2&g="

        assert forms.decode(text) == {
            "a": [{"b": "1"}, {"b": "2"}],
            "c": {"d": {"e": "x["}},
            "f": ["1", "2"],
            "g": "",
        }

    @pytest.mark.parametrize("text", ["a[b=1", "[a]=1", "a=1&a[b]=2", "a[b]=2&a=1", "a" + "[b]" * 20 + "=1"])
    def test_refuses_names_that_make_no_sense(self, text: str) -> None:
        with pytest.raises(ApiError):
            forms.decode(text)
