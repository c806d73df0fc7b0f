"""A reminder that a person sends from the balances page goes the whole way of a balance."""

from __future__ import annotations

from dataclasses import replace

import pytest

from feenote.domain.deliveries import DeliveryState, Lane, MessageKind
from feenote.domain.records import EmailState
from tests.integration.api.office import FIRM, Office, Staff
from tests.integration.api.reminder_desk import Desk, desk_in
from tests.integration.api.samples import Engagement


@pytest.fixture
def desk(office: Office, staff: Staff, engagement: Engagement) -> Desk:
    return desk_in(office, staff, engagement)


class TestAReminder:
    def test_goes_to_the_primary_contact_with_every_unpaid_bill(self, desk: Desk) -> None:
        bills = [desk.house.bill(desk.house.matter("1")), desk.house.bill(desk.house.matter("2"))]
        desk.was_sent()

        send_id = desk.mailed()

        (mail,) = desk.mails()
        assert mail.to_address == "maria@example.com"
        assert [desk.house.number(bill) in mail.text for bill in bills] == [True, True]
        assert mail.tags["kind"] == "reminder"
        results = desk.house.sending.results(send_id)
        assert {bill: result["outcome"] for bill, result in results.items()} == dict.fromkeys(bills, "sent")
        assert [one["kind"] for result in results.values() for one in result["deliveries"]] == [
            "reminder"
        ] * 2
        progress = desk.house.sending.progress(send_id)
        assert (progress["kind"], progress["client_id"], progress["state"]) == (
            "reminder",
            desk.house.client_id,
            "done",
        )

    def test_is_stored_as_a_message_of_no_run_that_names_what_it_asks_for(self, desk: Desk) -> None:
        on = desk.house.matter("1", desk.house.ines)
        asked, disputed = desk.house.bill(on), desk.house.bill(on)
        desk.was_sent()
        desk.house.dispute(disputed)

        send_id = desk.house.send(kind="reminder")

        (made,) = [each for each in desk.office.store.all_deliveries() if each.kind is MessageKind.REMINDER]
        assert (made.send_id, made.run_id, made.stage) == (send_id, "", "")
        assert (made.state, made.lane) == (DeliveryState.QUEUED, Lane.PROMPT)
        assert made.bill_ids == (asked,)
        assert made.visibility is not None
        assert made.visibility.matter_ids == (on,)
        assert made.visibility.left_out == ()

    def test_shows_each_recipient_only_their_own_matters(self, desk: Desk) -> None:
        house = desk.house
        of_ines = house.bill(house.matter("1", house.ines))
        of_otto = house.bill(house.matter("2", house.otto))
        of_both = house.bill(house.matter("3", house.ines, house.otto))
        desk.was_sent()

        desk.mailed()

        assert desk.reminds_of() == {
            "ines@example.com": {of_ines, of_both},
            "otto@example.com": {of_otto, of_both},
        }

    def test_leaves_out_what_the_sender_leaves_out_and_may_be_of_one_currency(self, desk: Desk) -> None:
        on = desk.house.matter("1")
        kept, left = desk.house.bill(on), desk.house.bill(on)
        euros = desk.house.bill(on, currency="EUR", minor=10_000)
        desk.was_sent()

        (message,) = desk.preview(leave_out=[left], currency="USD")["messages"]

        assert message["bill_ids"] == [kept]
        assert desk.preview(currency="EUR")["messages"][0]["bill_ids"] == [euros]
        assert desk.asks(leave_out=["bill_none"]).fields(422) == ["leave_out"]

    def test_is_told_by_the_bills_and_the_way_of_the_send(self, desk: Desk) -> None:
        bill = desk.house.bill(desk.house.matter("1"))
        desk.was_sent()

        desk.mailed()

        events = desk.house.staff.get(f"/v1/bills/{bill}/timeline").ok()["items"]
        queued = [event["details"]["kind"] for event in events if event["kind"] == "queued"]
        assert sorted(queued) == ["balance", "reminder"]

    def test_without_a_kind_is_a_balance(self, desk: Desk) -> None:
        desk.house.bill(desk.house.matter("1"))

        for kind in (None, "balance"):
            send_id = desk.house.mailed(kind=kind, confirm=["sent_just_now"])
            assert desk.house.sending.progress(send_id)["kind"] == "balance"

    def test_with_the_same_key_is_one_send_and_another_kind_is_refused(self, desk: Desk) -> None:
        desk.house.bill(desk.house.matter("1"))
        desk.was_sent()
        body = {"client_id": desk.house.client_id, "kind": "reminder"}

        first, second = (desk.house.staff.post("/v1/sends", body, key="k-1").ok() for _ in range(2))
        other = desk.house.staff.post("/v1/sends", {**body, "kind": "balance"}, key="k-1")
        desk.house.sending.work_off()

        assert first == second
        assert other.status in {409, 422}
        assert desk.to() == ["maria@example.com"]


class TestWhatItDoesNotAskFor:
    def test_is_disputed_or_on_its_way(self, desk: Desk) -> None:
        on = desk.house.matter("1")
        asked, disputed, pending = (desk.house.bill(on) for _ in range(3))
        desk.was_sent()
        desk.house.dispute(disputed)
        desk.house.start_debit(pending)

        send_id = desk.mailed()

        assert desk.reminds_of() == {"maria@example.com": {asked}}
        results = desk.house.sending.results(send_id)
        assert {bill: (one["outcome"], one["code"], one["reason"]) for bill, one in results.items()} == {
            asked: ("sent", None, ""),
            disputed: ("skipped", "nothing_unpaid", "It is disputed."),
            pending: ("skipped", "nothing_unpaid", "What it owes is on its way."),
        }

    def test_is_what_credit_covers(self, desk: Desk) -> None:
        on = desk.house.matter("1")
        covered, asked = desk.house.bill(on, minor=5_000), desk.house.bill(on)
        desk.was_sent()
        self.credit(desk, 5_000)

        (message,) = desk.preview()["messages"]
        self.credit(desk, 68_000)
        (error,) = desk.preview()["errors"]

        assert message["bill_ids"] == [asked]
        assert covered != asked
        assert error["code"] == "nothing_unpaid"
        assert "covered by credit" in error["message"]
        assert desk.asks().fields(422) == ["client_id"]

    def test_wholly_is_a_refusal_that_says_so(self, desk: Desk) -> None:
        (error,) = desk.preview()["errors"]

        assert error["code"] == "nothing_unpaid"
        assert desk.asks().problem(422)["detail"] == "This reminder cannot be sent."

    def credit(self, desk: Desk, minor: int) -> None:
        """Let money be held for the client."""
        accounts = desk.office.store.world.accounts
        place = FIRM, desk.house.client_id
        accounts[place] = replace(accounts[place], credit_minor={"USD": minor})


class TestWhoStoppedReminders:
    def test_is_left_out_with_the_reason(self, desk: Desk) -> None:
        house = desk.house
        bill = house.bill(house.matter("1", house.ines, house.otto))
        of_ines = house.bill(house.matter("2", house.ines))
        desk.was_sent()
        desk.stop("INES@example.com")

        preview = desk.preview()
        send_id = desk.mailed()

        told = {"bill_id": None, "contact_id": house.ines, "reason": "has stopped reminders"}
        assert told in preview["excluded"]
        assert preview["warnings"] == []
        assert desk.to() == ["otto@example.com"]
        results = house.sending.results(send_id)
        assert (results[bill]["outcome"], len(results[bill]["deliveries"])) == ("sent", 1)
        assert (results[of_ines]["outcome"], results[of_ines]["code"]) == ("skipped", "reminders_stopped")

    def test_gets_none_when_chosen_by_hand_nor_in_one_email(self, desk: Desk) -> None:
        house = desk.house
        house.bill(house.matter("1", house.ines, house.otto))
        desk.was_sent()
        desk.stop("ines@example.com")

        (chosen,) = desk.preview(recipients=[house.ines])["errors"]
        desk.mailed(one_email=True)

        assert chosen["code"] == "reminders_stopped"
        assert house.sending.to()[desk.before :] == [("otto@example.com",)]

    def test_alone_lets_nothing_go_and_the_balance_is_suggested(self, desk: Desk) -> None:
        desk.house.bill(desk.house.matter("1"))
        desk.was_sent()
        desk.stop("maria@example.com")

        (error,) = desk.preview()["errors"]
        refused = desk.asks()
        desk.house.mailed()

        assert error["code"] == "reminders_stopped"
        assert "send the balance instead" in error["message"]
        assert refused.problem(422)["errors"][0]["message"].startswith("reminders_stopped: ")
        assert [mail.tags["kind"] for mail in desk.mails()] == ["balance"]

    @pytest.mark.parametrize("state", [EmailState.BOUNCED, EmailState.COMPLAINED])
    def test_is_like_an_address_that_took_no_mail(self, desk: Desk, state: EmailState) -> None:
        house = desk.house
        house.bill(house.matter("1", house.ines, house.otto))
        desk.was_sent()
        desk.mark(house.ines, state)

        preview = desk.preview()
        desk.mailed()
        desk.mark(house.otto, state)
        (error,) = desk.preview()["errors"]

        assert [one["contact_id"] for one in preview["excluded"]] == [house.ines]
        assert desk.to() == ["otto@example.com"]
        assert error["code"] == "address_bounced"


class TestWhatHappensMeanwhile:
    def test_to_a_bill_takes_it_out(self, desk: Desk) -> None:
        on = desk.house.matter("1")
        paid, unpaid = desk.house.bill(on), desk.house.bill(on)
        desk.was_sent()
        send_id = desk.house.send(kind="reminder")
        desk.house.pay(paid)

        desk.house.sending.work_off()

        assert desk.reminds_of() == {"maria@example.com": {unpaid}}
        results = desk.house.sending.results(send_id)
        assert (results[paid]["outcome"], results[paid]["code"]) == ("skipped", "nothing_unpaid")
        assert results[unpaid]["outcome"] == "sent"

    def test_to_all_of_them_lets_nothing_go_out_and_asks_nobody(self, desk: Desk) -> None:
        bill = desk.house.bill(desk.house.matter("1"))
        desk.was_sent()
        send_id = desk.house.send(kind="reminder")
        desk.house.pay(bill)

        desk.house.sending.work_off()

        assert desk.mails() == []
        assert desk.house.sending.results(send_id)[bill]["outcome"] == "failed"
        assert desk.house.staff.get("/v1/tasks").ok()["items"] == []


class TestWhatItCountsFor:
    def test_is_the_seven_days_of_the_address_and_not_the_stages(self, desk: Desk) -> None:
        desk.house.bill(desk.house.matter("1"))
        desk.was_sent()

        desk.mailed()

        reminders = desk.office.store.reminders
        known = reminders.addresses(FIRM, ["maria@example.com"])["maria@example.com"]
        assert known.asked_at == desk.office.clock.now()
        assert reminders.of_client(FIRM, desk.house.client_id).history == {}


class TestABalance:
    def test_says_what_can_be_done_with_it(self, desk: Desk) -> None:
        address = f"/v1/balances/{desk.house.client_id}"
        nothing = desk.house.staff.get(address).ok()["available_actions"]
        bill = desk.house.bill(desk.house.matter("1"))
        owed = desk.house.staff.get(address).ok()["available_actions"]
        accounts = desk.office.store.world.accounts
        place = FIRM, desk.house.client_id
        accounts[place] = replace(accounts[place], credit_minor={"USD": 63_000})
        covered = desk.house.staff.get(address).ok()["available_actions"]
        desk.house.dispute(bill)

        assert nothing == []
        assert owed == ["send_balance", "send_reminder"]
        assert covered == ["send_balance"]
        assert desk.house.staff.get(address).ok()["available_actions"] == []
