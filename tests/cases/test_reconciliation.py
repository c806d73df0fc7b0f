"""Case 11: what no webhook told is found within the hour, and what differs is told to a person."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

import pytest

from feenote.service.ports import ClientChange
from tests.cases.outside import ACCOUNT
from tests.cases.stage import FIRM, OTHER_FIRM, Stage
from tests.integration.api.office import Staff, app
from tests.integration.api.queue_events import sqs_event

Json = Any


def work_off(stage: Stage) -> None:
    """Let the queue bring every firm that waits, until none does."""
    while jobs := stage.reconcile_queue.take_all():
        bodies = [json.dumps(asdict(job)) for job in jobs]
        assert app("reconcile_payments").handler(sqs_event(bodies), None) == {"batchItemFailures": []}


def latest(stage: Stage) -> Mapping[str, Json]:
    """Return the report of the firm's latest run."""
    runs = stage.staff.get("/v1/reconciliations").ok()["items"]
    report: Mapping[str, Json] = stage.staff.get(f"/v1/reconciliations/{runs[0]['id']}").ok()
    return report


def reconcile(stage: Stage) -> Mapping[str, Json]:
    """Let an hour pass, and what happens in every hour; return the firm's report."""
    stage.clock.advance(hours=1)
    assert app("reconcile_payments").handler({}, None) == {"firms": 2}
    work_off(stage)
    report = latest(stage)
    assert report["ended_at"]
    assert report["stripe_was_read"]
    assert report["proofs_failed"] == 0
    return report


def intent_of(stage: Stage, session: str) -> str:
    return str(stage.at_stripe("checkout.session")[session]["payment_intent"])


def looked_at(report: Mapping[str, Json]) -> dict[str, int]:
    return {item["kind"]: item["count"] for item in report["looked_at"]}


def stored(stage: Stage) -> list[Json]:
    """Return all that is stored but the reports, and answers that the reading of these left."""
    passing = ("RECONCILIATION", "ANSWER")
    return [item for item in stage.items() if item["sk"]["S"] not in passing]


class TestCase11AWebhookThatIsDownForFourDays:
    def test_is_found_out_whole(self, stage: Stage) -> None:
        paid, debit, failed, never = (stage.bill() for _ in range(4))
        stage.pay_by_card(paid)
        succeeds, fails = stage.pay_by_debit(debit), stage.pay_by_debit(failed)
        stage.session(stage.sent(never), never["balance_due"]["minor"])
        stage.clock.advance(days=4)
        stage.stripe_does("debit_succeeds", payment_intent=intent_of(stage, succeeds))
        stage.stripe_does("debit_fails", payment_intent=intent_of(stage, fails))

        report = reconcile(stage)

        states = [stage.read(one)["state"] for one in (paid, debit, failed, never)]
        assert states == ["paid", "paid", "awaiting_payment", "awaiting_payment"]
        assert report["mismatches"] == []
        assert report["healed_count"] == 4
        assert report["proved"] >= 4
        for bill in (paid, debit, failed, never):
            assert stage.system.books.account(FIRM, bill["client_id"]).checkouts == {}
        assert stage.tasks() == ["payment_failed"]
        (sums,) = report["clearing"]
        assert sums["ours"] == sums["theirs"] == {"minor": 126_000, "currency": "USD"}
        assert sums["payments"] == 2

    def test_sends_the_receipts_that_were_due(self, stage: Stage) -> None:
        stage.pay_by_card(stage.bill())
        stage.clock.advance(days=4)
        before = len(stage.mail.letters)

        reconcile(stage)
        stage.work_off_mail()

        assert len(stage.mail.letters) == before + 1

    def test_and_comes_after_all_changes_nothing(self, stage: Stage) -> None:
        bill = stage.bill()
        stage.pay_by_card(bill)
        stage.clock.advance(days=1)
        reconcile(stage)
        before = stored(stage)

        late = stage.told()
        answers = [stage.post_webhook(stage.signed(one.event)) for one in late]

        assert {answer.status for answer in answers} == {200}
        assert stored(stage) == before


class TestALostNotice:
    def test_of_a_refund_in_the_dashboard_is_healed(self, stage: Stage) -> None:
        bill = stage.bill()
        intent = intent_of(stage, stage.pay_by_card(bill))
        stage.take()
        stage.stripe_does("refund", payment_intent=intent, amount=20_000)
        stage.told()

        report = reconcile(stage)

        assert stage.read(bill)["balance_due"]["minor"] == 20_000
        assert report["mismatches"] == []
        assert report["healed_count"] == 1

    def test_of_a_refund_that_failed_is_healed(self, stage: Stage) -> None:
        bill = stage.bill()
        intent = intent_of(stage, stage.pay_by_card(bill))
        refund = stage.stripe_does("refund", payment_intent=intent, amount=20_000)
        stage.take()
        assert stage.read(bill)["state"] == "awaiting_payment"
        stage.clock.advance(days=20)
        stage.stripe_does("refund_fails", refund=refund["id"])
        stage.told()

        report = reconcile(stage)

        assert stage.read(bill)["state"] == "paid"
        assert report["mismatches"] == []
        assert "refund_failed" in stage.tasks()

    @pytest.mark.parametrize(
        ("ends", "state"), [("dispute_won", "paid"), ("dispute_lost", "awaiting_payment")]
    )
    def test_of_a_dispute_is_healed(self, stage: Stage, ends: str, state: str) -> None:
        bill = stage.bill()
        intent = intent_of(stage, stage.pay_by_card(bill))
        stage.take()
        stage.stripe_does("dispute_opened", payment_intent=intent)
        stage.told()
        assert reconcile(stage)["mismatches"] == []
        assert stage.read(bill)["state"] == "awaiting_payment"
        stage.stripe_does(ends, payment_intent=intent)
        stage.told()

        report = reconcile(stage)

        assert stage.read(bill)["state"] == state
        assert report["mismatches"] == []
        assert report["healed_count"] == 1


class TestWhatDiffers:
    def test_in_its_amount_is_told_with_a_task_until_it_agrees(self, stage: Stage) -> None:
        intent = intent_of(stage, stage.pay_by_card(stage.bill()))
        stage.take()
        stage.at_stripe("payment_intent")[intent]["amount_received"] = 62_000

        (told,) = reconcile(stage)["mismatches"]
        again = reconcile(stage)["mismatches"]

        assert (told["kind"], told["object_id"]) == ("amount_differs", intent)
        assert (told["ours"]["minor"], told["theirs"]["minor"]) == (63_000, 62_000)
        assert [item["task_id"] for item in again] == [told["task_id"]]
        assert stage.tasks() == ["reconciliation"]
        assert stage.signals.counts["ReconciliationMismatch"] == 2
        stage.at_stripe("payment_intent")[intent]["amount_received"] = 63_000
        assert reconcile(stage)["mismatches"] == []
        assert stage.tasks() == []

    def test_because_nobody_knows_its_client_is_told(self, stage: Stage) -> None:
        metadata = {"firm_id": FIRM, "client_id": "cli_nobody", "checkout_id": "chk_nobody"}
        session = stage.another_session(ACCOUNT, metadata=metadata, minor=700)
        (unpaid,) = reconcile(stage)["mismatches"]
        stage.stripe_does("pay", session=session)

        (told,) = reconcile(stage)["mismatches"]

        assert (unpaid["kind"], unpaid["object_id"]) == ("session_unknown", session)
        assert told["kind"] == "payment_not_booked"
        assert told["theirs"] == {"minor": 700, "currency": "USD"}
        assert stage.payments() == []
        assert stage.signals.counts["MoneyUnmatched"] >= 1

    def test_as_another_firms_is_not_touched(self, stage: Stage) -> None:
        other = Staff(firm_id=OTHER_FIRM, sub="user_2")
        client = stage.engage(staff=other)
        metadata = {"firm_id": OTHER_FIRM, "client_id": client.client_id, "checkout_id": "chk_theirs"}
        session = stage.another_session(ACCOUNT, metadata=metadata, minor=700)
        stage.stripe_does("pay", session=session)
        stage.stripe_does("refund", payment_intent=intent_of(stage, session), amount=100)
        before = stored(stage)

        report = reconcile(stage)

        assert stored(stage) == before
        assert report["mismatches"] == []
        assert looked_at(report)["payments"] == looked_at(report)["refunds"] == 0


class TestADoubledRun:
    def test_changes_nothing(self, stage: Stage) -> None:
        intent = intent_of(stage, stage.pay_by_card(stage.bill()))
        stage.stripe_does("refund", payment_intent=intent, amount=20_000)
        reconcile(stage)
        before = stored(stage)

        report = reconcile(stage)

        assert stored(stage) == before
        assert report["healed_count"] == 0

    def test_of_one_minute_is_one_run(self, stage: Stage) -> None:
        for _ in range(2):
            app("reconcile_payments").handler({}, None)
            work_off(stage)

        assert len(stage.staff.get("/v1/reconciliations").ok()["items"]) == 1


class TestALedgerThatIsWrong:
    def test_is_told_by_a_task_and_an_alarm(self, stage: Stage) -> None:
        bill = stage.bill()
        account = stage.system.books.account(FIRM, bill["client_id"])
        wrong = replace(account, credit_minor={"USD": 12_345}, version=account.version + 1)
        stage.system.books.commit(ClientChange(wrong))
        stage.clock.advance(hours=24)

        app("reconcile_payments").handler({}, None)
        work_off(stage)

        (told,) = latest(stage)["mismatches"]
        assert (told["kind"], told["client_id"]) == ("ledger", bill["client_id"])
        assert stage.signals.counts["LedgerProofFailed"] == 1
        assert stage.tasks() == ["reconciliation"]


class TestARunThatAPersonAsksFor:
    def test_is_made_by_a_cashier_and_read_by_all(self, stage: Stage) -> None:
        stage.pay_by_card(stage.bill())
        Staff(("biller",)).post("/v1/reconciliations").problem(403)

        asked = Staff(("cashier",)).post("/v1/reconciliations", key="now").ok()
        again = Staff(("cashier",)).post("/v1/reconciliations", key="now").ok()
        Staff(("viewer",)).get(f"/v1/reconciliations/{asked['id']}").problem(404)
        work_off(stage)

        report = Staff(("viewer",)).get(f"/v1/reconciliations/{asked['id']}").ok()
        assert again == asked
        assert report["healed_count"] == 1
        assert report["requested_by"] == "ines@firm.example"
        assert Staff(firm_id=OTHER_FIRM).get("/v1/reconciliations").ok()["items"] == []
        Staff(firm_id=OTHER_FIRM).get(f"/v1/reconciliations/{asked['id']}").problem(404)
