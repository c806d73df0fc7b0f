"""A client's balance, sent: each recipient gets one email with exactly the bills that are theirs."""

from __future__ import annotations

import re
from typing import Any

import pytest

from feenote.adapters.messages import JinjaMessageRenderer
from feenote.domain.links import LinkScope
from feenote.domain.visibility import Visibility
from feenote.service.deliver_message import NOTHING_LEFT
from tests.integration.api.balance_office import Household
from tests.integration.api.office import FIRM, Office, Staff
from tests.integration.api.paying import browse
from tests.integration.api.samples import Engagement
from tests.integration.api.sending import Sending, codes, contact


@pytest.fixture
def sending(office: Office, staff: Staff) -> Sending:
    messages: Any = office.ports
    messages.messages = JinjaMessageRenderer()
    return Sending(office, staff)


@pytest.fixture
def house(sending: Sending, engagement: Engagement) -> Household:
    return Household(sending, engagement)


class TestABalance:
    def test_goes_to_the_primary_contact_with_every_unpaid_bill(self, house: Household) -> None:
        bills = [house.bill(house.matter("1")), house.bill(house.matter("2"))]

        send_id = house.mailed()

        (mail,) = house.mails()
        assert mail.to_address == "maria@example.com"
        assert mail.subject == "Your balance with Firm firm_1: $1,260.00"
        assert [house.number(bill) in mail.text for bill in bills] == [True, True]
        results = house.sending.results(send_id)
        assert {bill: result["outcome"] for bill, result in results.items()} == dict.fromkeys(bills, "sent")
        assert [one["kind"] for result in results.values() for one in result["deliveries"]] == ["balance"] * 2
        assert house.sending.progress(send_id)["client_id"] == house.client_id
        assert house.sending.progress(send_id)["state"] == "done"

    def test_shows_each_recipient_only_their_own_matters(self, house: Household) -> None:
        of_ines = house.bill(house.matter("1", house.ines))
        of_otto = house.bill(house.matter("2", house.otto))
        of_both = house.bill(house.matter("3", house.ines, house.otto))

        send_id = house.mailed()

        assert house.shown_by_mail() == {
            "ines@example.com": {of_ines, of_both},
            "otto@example.com": {of_otto, of_both},
        }
        assert house.shown_by_link() == house.shown_by_mail()
        results = house.sending.results(send_id)
        assert {bill: len(result["deliveries"]) for bill, result in results.items()} == {
            of_ines: 1,
            of_otto: 1,
            of_both: 2,
        }

    def test_of_a_bill_over_several_matters_is_for_those_on_all_of_them(self, house: Household) -> None:
        first, second = house.matter("1", house.ines, house.otto), house.matter("2", house.otto)
        over_both, of_first = house.bill(first, second), house.bill(first)

        preview = house.preview()
        house.mailed()

        assert house.shown_by_mail() == {
            "ines@example.com": {of_first},
            "otto@example.com": {over_both, of_first},
        }
        assert {(one["contact_id"], one["bill_id"]) for one in preview["excluded"]} == {
            (house.ines, over_both)
        }

    def test_names_a_bill_that_nobody_may_see_and_skips_it(self, house: Household) -> None:
        nobodys = house.bill(house.matter("1", house.ines), house.matter("2", house.otto))
        plain = house.bill(house.matter("3", house.ines))

        preview = house.preview()
        send_id = house.mailed()

        why = "No contact is a recipient on every matter of the bill: choose by hand."
        assert {"bill_id": nobodys, "contact_id": None, "reason": why} in preview["excluded"]
        result = house.sending.results(send_id)[nobodys]
        assert (result["outcome"], result["code"], result["reason"]) == ("skipped", "no_address", why)
        assert house.shown_by_mail() == {"ines@example.com": {plain}}

    def test_leaves_out_what_the_sender_leaves_out_also_behind_the_link(self, house: Household) -> None:
        on = house.matter("1")
        kept, left = house.bill(on), house.bill(on)

        send_id = house.mailed(leave_out=[left])

        assert house.shown_by_mail() == house.shown_by_link() == {"maria@example.com": {kept}}
        assert list(house.sending.results(send_id)) == [kept]
        (link,) = house.links()
        assert link.visibility is not None
        assert link.visibility.left_out == (left,)

    def test_refuses_to_leave_out_what_is_not_there(self, house: Household) -> None:
        house.bill(house.matter("1"))

        assert house.asks(leave_out=["bill_none"]).fields(422) == ["leave_out"]

    def test_adds_up_each_currency_for_itself_and_may_be_of_one(self, house: Household) -> None:
        on = house.matter("1")
        dollars, euros = house.bill(on), house.bill(on, currency="EUR", minor=10_000)

        (both,) = house.preview()["messages"]
        (one,) = house.preview(currency="EUR")["messages"]

        assert set(both["bill_ids"]) == {dollars, euros}
        assert "Total due: $630.00\n" in both["text"]
        assert "Total due: €100.00\n" in both["text"]
        assert one["bill_ids"] == [euros]
        assert house.number(dollars) not in one["text"]

    def test_shares_one_email_only_among_those_who_get_the_same_bills(self, house: Household) -> None:
        shared = house.matter("1", house.ines, house.otto)
        house.bill(shared)
        house.mailed(one_email=True)
        house.office.clock.advance(minutes=11)
        more = house.bill(house.matter("2", house.maria, house.ines))

        house.mailed(one_email=True)

        first, *rest = house.sending.to()
        assert first == ("ines@example.com", "otto@example.com")
        assert rest == [("ines@example.com",), ("otto@example.com",), ("maria@example.com",)]
        assert house.shown_by_mail()["maria@example.com"] == {more}

    def test_of_one_email_shows_what_all_of_them_may_see(self, house: Household) -> None:
        shared, own = house.matter("1", house.ines, house.otto), house.matter("2", house.ines)
        house.bill(shared)
        unpaid = house.bill(own)
        house.mailed(one_email=True, leave_out=[unpaid])

        (link,) = house.links()

        assert link.visibility == Visibility((shared,), without_matter=False, left_out=(unpaid,))

    def test_writes_once_to_an_address_that_two_contacts_share(self, house: Household) -> None:
        twin = contact(house.staff, house.client_id, "INES@example.com")
        house.bill(house.matter("1", house.ines))
        house.bill(house.matter("2", house.ines, twin))

        house.mailed()

        assert house.sending.to() == [("ines@example.com",)]

    def test_of_a_bill_without_a_matter_is_the_primary_contacts(self, house: Household) -> None:
        general, of_ines = house.bill_without_matter(), house.bill(house.matter("1", house.ines))

        house.mailed()

        assert house.shown_by_mail() == {"maria@example.com": {general}, "ines@example.com": {of_ines}}


class TestRecipientsChosenByHand:
    def test_get_every_bill_with_a_second_yes(self, house: Household) -> None:
        bills = {house.bill(house.matter("1", house.ines)), house.bill(house.matter("2", house.otto))}

        refused = house.asks(recipients=[house.otto])
        house.mailed(recipients=[house.otto], confirm=["not_on_every_matter"])

        assert refused.problem(422)["errors"][0]["message"].startswith("not_on_every_matter: ")
        assert house.shown_by_mail() == house.shown_by_link() == {"otto@example.com": bills}

    def test_need_no_second_yes_who_are_on_every_matter(self, house: Household) -> None:
        house.bill(house.matter("1", house.ines))

        assert house.preview(recipients=[house.ines])["warnings"] == []

    def test_need_one_of_its_own_who_are_not_the_clients(self, house: Household) -> None:
        house.bill(house.matter("1"))
        stranger = contact(house.staff, None, "stranger@example.com")

        refused = house.asks(recipients=[stranger], confirm=["not_on_every_matter"])
        house.mailed(recipients=[stranger], confirm=["not_the_clients"])

        assert refused.fields(422) == ["confirm"]
        assert house.sending.to() == [("stranger@example.com",)]

    def test_must_be_there(self, house: Household) -> None:
        house.bill(house.matter("1"))

        (error,) = house.preview(recipients=["con_none"])["errors"]

        assert error["code"] == "no_address"
        assert house.asks(recipients=["con_none"]).fields(422) == ["client_id"]


class TestARequest:
    def test_names_bills_or_a_client_and_not_both(self, house: Household) -> None:
        bill = house.bill(house.matter("1"))

        both = house.asks(bill_ids=[bill])
        neither = house.staff.post("/v1/sends", {})
        preview = house.staff.post("/v1/sends/preview", {})

        assert both.fields(422) == ["client_id"]
        assert neither.fields(422) == preview.fields(422) == ["bill_ids"]

    @pytest.mark.parametrize(
        ("more", "field"),
        [
            ({"channels": ["link", "attachment"]}, "channels"),
            ({"accept_all_unpaid": False}, "accept_all_unpaid"),
            ({"template_id": "tpl_none"}, "template_id"),
        ],
    )
    def test_is_refused_for_what_a_balance_cannot_be(
        self, house: Household, more: dict[str, Any], field: str
    ) -> None:
        house.bill(house.matter("1"))

        assert house.asks(**more).fields(422) == [field]

    @pytest.mark.parametrize("more", [{"leave_out": ["bill_1"]}, {"currency": "EUR"}])
    def test_of_bills_has_nothing_that_is_for_a_balance(self, house: Household, more: dict[str, Any]) -> None:
        bill = house.bill(house.matter("1"))

        answer = house.staff.post("/v1/sends", {"bill_ids": [bill], **more})

        assert answer.fields(422) == list(more)

    def test_for_a_client_that_is_not_there_or_not_the_firms_is_not_found(self, house: Household) -> None:
        house.bill(house.matter("1"))

        house.staff.post("/v1/sends", {"client_id": "cli_none"}).problem(404)
        Staff(firm_id="firm_2").post("/v1/sends", {"client_id": house.client_id}).problem(404)

    def test_for_a_client_that_owes_nothing_is_refused(self, house: Household) -> None:
        (error,) = house.preview()["errors"]

        assert error["code"] == "nothing_unpaid"
        assert house.asks().problem(422)["errors"][0]["message"].startswith("nothing_unpaid: ")
        assert house.asks(currency="EUR").status == 422

    def test_with_the_same_key_is_one_send(self, house: Household) -> None:
        house.bill(house.matter("1"))
        body = {"client_id": house.client_id}

        first, second = (house.staff.post("/v1/sends", body, key="k-1").ok() for _ in range(2))
        house.sending.work_off()

        assert first == second
        assert len(house.mails()) == 1


class TestWarnings:
    def test_are_of_a_balance_that_went_to_the_same_person_just_now(self, house: Household) -> None:
        house.bill(house.matter("1"))
        house.mailed()

        house.office.clock.advance(minutes=9)
        refused = house.asks()
        confirmed = house.asks(confirm=["sent_just_now"])
        house.office.clock.advance(minutes=9)
        again = house.asks()
        house.office.clock.advance(minutes=1)
        later = house.asks()

        assert refused.problem(422)["errors"][0]["message"].startswith("sent_just_now: ")
        assert (confirmed.status, again.status, later.status) == (202, 422, 202)

    def test_are_of_a_balance_that_changed_since_the_preview(self, house: Household) -> None:
        on = house.matter("1")
        house.bill(on)
        seen = house.preview()["seen"]

        assert codes(house.preview(seen=seen)["warnings"]) == []
        house.bill(on)
        assert codes(house.preview(seen=seen)["warnings"]) == ["changed_since_preview"]


class TestThePreview:
    def test_is_the_mail_byte_for_byte_but_for_the_link(self, house: Household) -> None:
        house.bill(house.matter("1", house.ines))
        house.bill(house.matter("2", house.ines, house.otto))
        shown = house.preview(one_email=True)["messages"]

        house.mailed(one_email=True)

        for message, mail in zip(shown, house.mails(), strict=True):
            (link,) = message["links"]
            (token,) = set(re.findall(r"/l/([\w-]{43})", mail.text))
            real = link.replace("/l/preview", f"/l/{token}")
            assert message["subject"] == mail.subject
            assert message["html"].replace(link, real) == mail.html
            assert message["text"].replace(link, real) == mail.text
            assert (message["from"], message["reply_to"]) == (mail.from_name, mail.reply_to)
            assert message["recipient"]["email"] == mail.to_address
        assert len(shown) == 2

    def test_sends_nothing(self, house: Household) -> None:
        house.bill(house.matter("1"))

        house.preview()

        assert house.office.queue.jobs == []
        assert house.office.store.world.deliveries == {}


class TestWhatTheBillsTell:
    def test_is_that_they_were_sent_as_part_of_a_balance(self, house: Household) -> None:
        bill = house.bill(house.matter("1", house.ines, house.otto))

        house.mailed()

        shown = house.staff.get(f"/v1/bills/{bill}").ok()
        events = house.staff.get(f"/v1/bills/{bill}/timeline").ok()["items"]
        sent = [event for event in events if event["kind"] == "sent"]
        assert (shown["times_sent"], shown["last_sent_at"]) == (2, "2026-11-23T09:00:00.000Z")
        assert [event["details"]["kind"] for event in sent] == ["balance", "balance"]
        assert {event["details"]["contact_id"] for event in sent} == {house.ines, house.otto}
        assert [event["details"]["kind"] for event in events if event["kind"] == "queued"] == ["balance"]

    def test_counts_each_message_once_whatever_the_provider_repeats(self, house: Household) -> None:
        on = house.matter("1")
        bills = [house.bill(on) for _ in range(3)]
        house.mailed()

        house.notices()
        house.notices()

        for bill in bills:
            shown = house.staff.get(f"/v1/bills/{bill}").ok()
            events = house.staff.get(f"/v1/bills/{bill}/timeline").ok()["items"]
            assert shown["times_sent"] == 1
            assert shown["last_delivered_at"] is not None
            kinds = [event["kind"] for event in events]
            assert (kinds.count("sent"), kinds.count("delivered")) == (1, 1)

    def test_counts_a_message_whose_answer_was_lost(self, house: Household) -> None:
        bill = house.bill(house.matter("1"))
        house.office.mailer.next_answers = ["lost"]

        house.mailed()
        before = house.staff.get(f"/v1/bills/{bill}").ok()["times_sent"]
        house.notices()

        assert (before, house.staff.get(f"/v1/bills/{bill}").ok()["times_sent"]) == (0, 1)

    def test_counts_a_message_that_a_person_marks_as_sent(self, house: Household) -> None:
        bill = house.bill(house.matter("1"))
        house.office.mailer.next_answers = ["lost"]
        send_id = house.mailed()
        house.office.clock.advance(minutes=20)
        house.sending.sweep()
        (delivery,) = house.sending.results(send_id)[bill]["deliveries"]

        house.staff.post(f"/v1/deliveries/{delivery['id']}/resolve", {"action": "mark_sent"}).ok()
        house.notices()

        assert house.staff.get(f"/v1/bills/{bill}").ok()["times_sent"] == 1


class TestWhatIsPaidMeanwhile:
    def test_is_not_shown_nor_told_as_sent(self, house: Household) -> None:
        on = house.matter("1")
        paid, unpaid = house.bill(on), house.bill(on)
        send_id = house.send()
        house.pay(paid)

        house.sending.work_off()

        (mail,) = house.mails()
        assert (house.number(paid) in mail.text, house.number(unpaid) in mail.text) == (False, True)
        results = house.sending.results(send_id)
        assert (results[paid]["outcome"], results[paid]["code"]) == ("skipped", "nothing_unpaid")
        assert results[unpaid]["outcome"] == "sent"
        assert house.staff.get(f"/v1/bills/{paid}").ok()["times_sent"] == 0

    def test_wholly_lets_no_mail_go_out_and_says_why(self, house: Household) -> None:
        bill = house.bill(house.matter("1"))
        send_id = house.send()
        house.pay(bill)

        house.sending.work_off()

        assert house.mails() == []
        result = house.sending.results(send_id)[bill]
        assert (result["outcome"], result["reason"]) == ("failed", NOTHING_LEFT)
        assert house.staff.get("/v1/tasks").ok()["items"] == []


class TestWhatIsNotAskedFor:
    def test_is_shown_as_disputed_or_on_its_way(self, house: Household) -> None:
        on = house.matter("1")
        asked, disputed, pending = (house.bill(on) for _ in range(3))
        house.dispute(disputed)
        house.start_debit(pending)

        house.mailed()

        (mail,) = house.mails()
        assert mail.subject.endswith(": $630.00")
        assert "a payment is under review" in mail.text
        assert "$630.00 on its way" in mail.text
        assert "Billed: $1,890.00\nOn its way: -$630.00\nUnder review: -$630.00\n" in mail.text
        assert house.number(asked) in mail.text

    def test_alone_is_no_reason_to_write(self, house: Household) -> None:
        disputed = house.bill(house.matter("1", house.ines))
        house.dispute(disputed)
        asked = house.bill(house.matter("2", house.otto))

        send_id = house.mailed()

        assert house.sending.to() == [("otto@example.com",)]
        results = house.sending.results(send_id)
        assert (results[disputed]["outcome"], results[disputed]["code"]) == ("skipped", "nothing_unpaid")
        assert results[asked]["outcome"] == "sent"


class TestABillsMail:
    def test_mentions_no_other_bill_that_its_reader_may_not_see(self, house: Household) -> None:
        bill = house.bill(house.matter("1", house.ines))
        house.bill(house.matter("2", house.otto))

        house.sending.mailed(bill)

        (mail,) = house.mails()
        (link,) = house.links()
        assert "more bill" not in mail.text
        assert link.scope is LinkScope.BILL
        assert link.visibility == Visibility((house.matter_ids["1"],))

    def test_counts_those_that_its_reader_may_see(self, house: Household) -> None:
        on = house.matter("1", house.ines)
        bill = house.bill(on)
        house.bill(on)
        house.bill(house.matter("2", house.otto))

        house.sending.mailed(bill)

        (mail,) = house.mails()
        assert "One more bill of $630.00 is unpaid." in mail.text


class TestWords:
    def template(self, house: Household, subject: str, **more: object) -> str:
        body = "{{ recipient.greeting }}\n\n{{ balance.table }}\n\n{{ link.button }}"
        words = {"subject": subject, "body": body, "language": "en"}
        asked = {"name": subject, "kind": "balance", "wordings": [words], **more}
        template_id: str = house.staff.post("/v1/templates", asked).ok()["id"]
        return template_id

    def test_are_the_firms_default_or_the_clients_own_or_the_chosen_ones(self, house: Household) -> None:
        house.bill(house.matter("1"))
        chosen = self.template(house, "Chosen {{ balance.bill_count }}")
        self.template(house, "Firm {{ balance.total }}", is_default=True)
        firms = house.preview()["messages"][0]
        self.template(house, "Client {{ balance.total }}", is_default=True, client_id=house.client_id)
        clients = house.preview()["messages"][0]
        picked = house.preview(template_id=chosen)["messages"][0]

        house.mailed()

        assert firms["subject"] == "Firm $630.00"
        assert clients["subject"] == "Client $630.00"
        assert (picked["subject"], picked["template_id"]) == ("Chosen 1", chosen)
        assert [mail.subject for mail in house.mails()] == ["Client $630.00"]

    def test_of_another_kind_are_refused(self, house: Household) -> None:
        bill = house.bill(house.matter("1"))
        chosen = self.template(house, "Chosen")

        problem = house.sending.asks(bill, template_id=chosen).problem(422)

        assert problem["errors"][0]["message"].endswith("choose one for bills.")

    def test_may_be_edited_by_hand(self, house: Household) -> None:
        house.bill(house.matter("1"))
        message = {"subject": "By hand: {{ balance.total }}", "body": "{{ balance.table }}"}
        wrong = {"subject": "{{ bill.number }}", "body": "Hello"}

        house.mailed(message=message)

        assert [mail.subject for mail in house.mails()] == ["By hand: $630.00"]
        assert house.asks(message=wrong).fields(422) == ["message.subject"]


class TestASendThatIsInterrupted:
    def test_goes_on_where_it_was_left(self, house: Household, monkeypatch: pytest.MonkeyPatch) -> None:
        bills = {house.bill(house.matter(str(number), house.ines)) for number in range(3)}
        with monkeypatch.context() as patched:
            house.break_results(patched)
            send_id = house.send()
        house.office.queue.take_all()

        house.sending.work_off()

        assert set(house.sending.results(send_id)) == bills
        assert house.sending.to() == [("ines@example.com",)]
        assert house.sending.progress(send_id)["state"] == "done"

    def test_stops_and_is_taken_up_again(self, house: Household) -> None:
        house.bill(house.matter("1", house.ines, house.otto))
        send_id = house.send()

        house.staff.post(f"/v1/sends/{send_id}/stop").ok()
        house.sending.work_off()
        stopped = house.sending.to()
        house.staff.post(f"/v1/sends/{send_id}/resume").ok()
        house.sending.work_off()

        assert stopped == []
        assert sorted(house.sending.to()) == [("ines@example.com",), ("otto@example.com",)]
        assert house.sending.progress(send_id)["counts"]["accepted"] == 2


class TestALink:
    def test_leads_to_the_balance_and_remembers_what_may_be_seen(self, house: Household) -> None:
        on = house.matter("1", house.ines)
        house.bill(on)

        house.mailed()

        (link,) = house.links()
        assert (link.scope, link.bill_id, link.contact_id) == (LinkScope.BALANCE, "", house.ines)
        assert link.visibility == Visibility((on,))
        assert link.accept_all_unpaid

    def test_that_is_asked_for_anew_shows_the_same(self, house: Household) -> None:
        of_ines, of_otto = house.matter("1", house.ines), house.matter("2", house.otto)
        house.bill(of_ines)
        house.bill(of_otto)
        house.mailed(recipients=[house.ines], confirm=["not_on_every_matter"])
        (token,) = set(re.findall(r"/l/([\w-]{43})", house.mails()[0].text))

        browse("POST", f"/l/{token}/renew", form={})
        house.sending.work_off()

        first, second = house.mails()
        old, new = house.links()
        assert second.subject == "Your new link to your bills from Firm firm_1"
        assert second.to_address == first.to_address
        assert (new.scope, new.visibility) == (old.scope, old.visibility)
        assert new.token_hash != old.token_hash

    def test_is_taken_back_by_its_id(self, house: Household) -> None:
        bill = house.bill(house.matter("1", house.ines))
        send_id = house.mailed()
        (delivery,) = house.sending.results(send_id)[bill]["deliveries"]
        (token,) = set(re.findall(r"/l/([\w-]{43})", house.mails()[0].text))

        house.staff.delete(f"/v1/links/{delivery['link_id']}")

        assert browse("GET", f"/l/{token}").status == 410


class TestTwoHundredBills:
    def test_are_all_told_and_counted_once(self, house: Household) -> None:
        on = house.matter("1", house.ines)
        ids = house.many(on, 200)

        send_id = house.mailed()
        house.notices()

        (mail,) = house.mails()
        assert len(mail.html.encode()) < 100_000
        results = house.sending.results(send_id)
        assert {result["outcome"] for result in results.values()} == {"sent"}
        assert set(results) == set(ids)
        bills = [house.office.store.world.bills[FIRM, bill_id] for bill_id in ids]
        assert {bill.stamps.times_sent for bill in bills} == {1}
