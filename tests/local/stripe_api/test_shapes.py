"""The stand-in's objects have the fields and the words of the pinned API version."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import stripe

from local.stripe_api.endpoints import PINNED_VERSION
from tests.local.stripe_api.bench import Bench
from tests.local.stripe_api.shapes import problems

EXAMPLES = Path(__file__).parents[2] / "events" / "stripe"

CLASSES: dict[str, type[Any]] = {
    "checkout.session": stripe.checkout.Session,
    "payment_intent": stripe.PaymentIntent,
    "charge": stripe.Charge,
    "refund": stripe.Refund,
    "dispute": stripe.Dispute,
    "event": stripe.Event,
    "balance_transaction": stripe.BalanceTransaction,
    "webhook_endpoint": stripe.WebhookEndpoint,
}


def everything(bench: Bench) -> dict[str, list[dict[str, Any]]]:
    """Return the objects of a firm to which all of it has happened, by kind."""
    paid = bench.paid(customer_email="client@example.com", metadata={"bill": "bill_1"})
    refund = bench.do("refund", payment_intent=paid["payment_intent"], amount=500)
    bench.do("refund_fails", refund=refund["id"])
    bench.do("dispute_opened", payment_intent=paid["payment_intent"])
    bench.do("dispute_won", payment_intent=paid["payment_intent"])
    arrives, comes_back = bench.debited(), bench.debited()
    bench.debited()
    bench.do("debit_succeeds", session=arrives["id"])
    bench.do("refund", session=arrives["id"], amount=100)
    bench.do("dispute_opened", session=arrives["id"])
    bench.do("debit_fails", session=comes_back["id"])
    back = bench.debited()
    bench.do("debit_succeeds", session=back["id"])
    bench.do("debit_comes_back", session=back["id"])
    asked = bench.paid(7000, "gbp")
    bench.do("dispute_opened", session=asked["id"], inquiry=True)
    bench.do("dispute_answered", session=asked["id"])
    bench.do("dispute_escalated", session=asked["id"])
    closed = bench.paid(7000, "gbp")
    bench.do("dispute_opened", session=closed["id"], inquiry=True)
    bench.do("dispute_won", session=closed["id"])
    bench.session(
        5000,
        "cad",
        payment_method_options={
            "acss_debit": {
                "mandate_options": {"payment_schedule": "sporadic", "transaction_type": "personal"}
            }
        },
    )
    lost = bench.paid(5000, "jpy")
    bench.do("dispute_opened", session=lost["id"])
    bench.do("dispute_lost", session=lost["id"])
    with pytest.raises(Exception, match="declined"):
        bench.do("pay", session=bench.session().id, card_number="4000000000000002")
    bench.paid(5000, "eur", payment_intent_data={"description": "Bill 7", "receipt_email": "a@b.example"})
    for method, currency in (
        ("sepa_debit", "eur"),
        ("bacs_debit", "gbp"),
        ("acss_debit", "cad"),
        ("au_becs_debit", "aud"),
    ):
        bench.do("pay", session=bench.session(5000, currency).id, method=method)
    bench.do("pay", session=bench.session().id, card_number="4000000000007726")
    bench.do("expire", session=bench.session(allowed_payment_method_types=["card"], locale="de").id)
    bench.session()
    bench.advance(days=3)
    bench.client.v1.balance_transactions.list()
    account = bench.engine.snapshot()["accounts"][0]
    return {kind: account[kind] for kind in CLASSES}


@pytest.fixture(scope="module")
def objects() -> dict[str, list[dict[str, Any]]]:
    return everything(Bench())


class TestObjects:
    @pytest.mark.parametrize("kind", CLASSES)
    def test_have_each_field_of_the_package_with_an_admitted_value(
        self, kind: str, objects: dict[str, list[dict[str, Any]]]
    ) -> None:
        found = objects[kind]

        assert found
        assert {wrong for one in found for wrong in problems(one, CLASSES[kind])} == set()

    def test_inside_events_have_them_too(self, objects: dict[str, list[dict[str, Any]]]) -> None:
        snapshots = [event["data"]["object"] for event in objects["event"]]

        wrong = {wrong for one in snapshots for wrong in problems(one, CLASSES[one["object"]])}

        assert len({event["type"] for event in objects["event"]}) >= 20
        assert wrong == set()

    def test_as_lines_and_accounts_have_them_too(self) -> None:
        bench = Bench()
        session = bench.session()

        found = bench.engine.find_session(session.id)
        account = json.loads(str(bench.client.v1.accounts.retrieve_current()))

        assert found is not None
        assert [problems(item, stripe.LineItem) for item in found[2]] == [[]]
        assert problems(account, stripe.Account) == []

    @pytest.mark.parametrize("kind", CLASSES)
    def test_have_the_fields_of_stripes_examples(
        self, kind: str, objects: dict[str, list[dict[str, Any]]]
    ) -> None:
        example = json.loads((EXAMPLES / f"{kind}.json").read_text())
        # Shown on request only (`expand`), as the changelog of 2022-11-15 says.
        unasked = {"charge": {"refunds"}}.get(kind, set())

        for one in objects[kind]:
            assert example.keys() - one.keys() - unasked == set()
            for name in example.keys() & one.keys():
                theirs, ours = example[name], one[name]
                if theirs is not None and ours is not None and not isinstance(theirs, dict):
                    assert type(ours) is type(theirs), (kind, name)


class TestTheComparison:
    def test_names_what_is_missing_unknown_and_wrong(self) -> None:
        good = everything_of_a_refund()
        bad = {**good, "amount": "100", "reason": "because", "colour": "red"}
        del bad["currency"]

        found = problems(bad, stripe.Refund)

        assert problems(good, stripe.Refund) == []
        assert sorted(line.partition(":")[0] for line in found) == [
            "Refund.amount",
            "Refund.colour",
            "Refund.currency",
            "Refund.reason",
        ]


def everything_of_a_refund() -> dict[str, Any]:
    bench = Bench()
    return bench.do("refund", session=bench.paid()["id"])


class TestTheVersion:
    def test_is_the_one_that_the_package_pins(self) -> None:
        bench = Bench()
        bench.paid()

        events = bench.client.v1.events.list().data

        assert stripe.api_version == PINNED_VERSION
        assert {event.api_version for event in events} == {stripe.api_version}
