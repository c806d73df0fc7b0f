"""What is looked at before a send: warnings need one yes, errors block, each by its code."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from feenote.domain.deliveries import Notice
from feenote.domain.documents import BillDocument
from feenote.domain.records import EmailState
from feenote.service.ports import RenderError
from feenote.service.take_notice import take_notice
from tests.integration.api.office import FIRM, Office, Staff
from tests.integration.api.paying import pay_by_link
from tests.integration.api.samples import Engagement, engage, line
from tests.integration.api.sending import Json, Sending, codes, contact


@pytest.fixture
def sending(office: Office, staff: Staff) -> Sending:
    return Sending(office, staff)


Case = tuple[Json, dict[str, object]]
"""A bill, and how it is to be sent."""


def late(sending: Sending, engagement: Engagement) -> Case:
    return engagement.issued(issued_on="2026-09-01", due_on="2026-11-22"), {}


def changed(sending: Sending, engagement: Engagement) -> Case:
    bill = engagement.issued()
    seen = sending.preview(bill)["seen"]
    sending.staff.patch(f"/v1/bills/{bill['id']}", {"lines": [line(70000)]}).ok()
    return bill, {"seen": seen}


def bounced(sending: Sending, engagement: Engagement) -> Case:
    _come_back(sending, engagement, Notice.HARD_BOUNCE)
    return engagement.issued(), {}


def complained(sending: Sending, engagement: Engagement) -> Case:
    _come_back(sending, engagement, Notice.COMPLAINT)
    return engagement.issued(), {}


def just_sent(sending: Sending, engagement: Engagement) -> Case:
    sending.mailed(bill := engagement.issued())
    return bill, {}


def beside(sending: Sending, engagement: Engagement) -> Case:
    other = contact(sending.staff, engagement.client_id, "other@example.com")
    return engagement.issued(), {"recipients": [other]}


def foreign(sending: Sending, engagement: Engagement) -> Case:
    return engagement.issued(), {"recipients": [contact(sending.staff, None, "stranger@example.com")]}


def fallen_back(sending: Sending, engagement: Engagement) -> Case:
    sending.staff.patch(f"/v1/matters/{engagement.matter_id}", {"description": ""}).ok()
    message = {"subject": "Your bill", "body": "About {{ matter.description }}"}
    return engagement.issued(), {"message": message}


def _come_back(sending: Sending, engagement: Engagement, notice: Notice) -> None:
    send_id = sending.mailed(bill := engagement.issued())
    (delivery,) = sending.results(send_id)[bill["id"]]["deliveries"]
    take_notice(
        sending.office.ports,
        firm_id=FIRM,
        delivery_id=delivery["id"],
        notice=notice,
        message_id="ses-1",
        at=sending.office.clock.now(),
        addresses=("maria@example.com",),
    )


WARNED = [
    (late, "due_date_passed", "The due date 2026-11-22 has passed."),
    (
        changed,
        "changed_since_preview",
        "The bill or what it owes has changed since the preview: look at it again.",
    ),
    (bounced, "address_bounced", "An earlier mail to this address came back."),
    (complained, "address_bounced", "The recipient marked an earlier mail as unwanted."),
    (just_sent, "sent_just_now", "This bill went to this person within the last ten minutes."),
    (beside, "not_on_every_matter", "This contact is not a recipient on every matter."),
    (
        foreign,
        "not_the_clients",
        "This contact is not one of the client's: the bill is confidential.",
    ),
    (fallen_back, "field_fell_back", "Empty here, and something else stands in: matter.description."),
]


@pytest.mark.parametrize(("made", "code", "message"), WARNED, ids=[made.__name__ for made, *_ in WARNED])
class TestAWarning:
    def test_is_shown_refused_unread_and_goes_with_one_yes(
        self,
        sending: Sending,
        engagement: Engagement,
        made: Callable[[Sending, Engagement], Case],
        code: str,
        message: str,
    ) -> None:
        bill, how = made(sending, engagement)
        before = len(sending.to())

        preview = sending.preview(bill, **how)
        refused = sending.asks(bill, **how)
        wrong = sending.asks(bill, **how, confirm=["something_else"])
        sending.mailed(bill, **how, confirm=[code])

        (warning,) = preview["warnings"]
        assert (warning["code"], warning["message"], warning["bill_id"]) == (code, message, bill["id"])
        assert preview["messages"], "a warning does not hide what would be sent"
        assert refused.problem(422)["errors"] == wrong.problem(422)["errors"]
        assert refused.json["errors"] == [{"field": "confirm", "message": f"{code}: {message}"}]
        assert len(sending.to()) == before + 1

    def test_skips_its_bill_in_a_send_too_large_to_be_looked_at_first(
        self,
        sending: Sending,
        engagement: Engagement,
        made: Callable[[Sending, Engagement], Case],
        code: str,
        message: str,
    ) -> None:
        bill, how = made(sending, engagement)
        missing = [f"bill_missing{number}" for number in range(100)]

        unread = sending.results(sending.mailed(bill, *missing, **how))[bill["id"]]
        read = sending.results(sending.mailed(bill, *missing, **how, confirm=[code]))[bill["id"]]

        assert (unread["outcome"], unread["code"]) == ("skipped", code)
        assert unread["reason"] == f"Not confirmed: {message} ({code})"
        assert unread["deliveries"] == []
        # A stranger's address is confirmed for bills that were looked at, one by one, and never for a job.
        outcome = ("skipped", code) if made is foreign else ("sent", None)
        assert (read["outcome"], read["code"]) == outcome


class TestSeveralWarnings:
    def test_are_all_named_and_each_wants_its_yes(self, sending: Sending, engagement: Engagement) -> None:
        bounced(sending, engagement)
        bill, how = late(sending, engagement)

        refused = sending.asks(bill, **how)
        half = sending.asks(bill, **how, confirm=["due_date_passed"])
        whole = sending.asks(bill, **how, confirm=["due_date_passed", "address_bounced"])

        named = [error["message"].partition(":")[0] for error in refused.problem(422)["errors"]]
        assert named == ["due_date_passed", "address_bounced"]
        assert len(half.problem(422)["errors"]) == 1
        assert whole.status == 202

    def test_of_several_bills_are_told_for_each(self, sending: Sending, engagement: Engagement) -> None:
        bills = [late(sending, engagement)[0] for _ in range(3)]

        preview = sending.preview(*bills, engagement.issued())

        assert [(one["code"], one["bill_id"]) for one in preview["warnings"]] == [
            ("due_date_passed", bill["id"]) for bill in bills
        ]
        assert len(sending.asks(*bills).problem(422)["errors"]) == 3

    def test_of_a_bill_that_cannot_be_sent_are_not_asked_about(
        self, sending: Sending, engagement: Engagement
    ) -> None:
        draft = engagement.draft(issued_on="2026-09-01", due_on="2026-10-01")

        send_id = sending.mailed(engagement.issued(), draft)

        assert sending.results(send_id)[draft["id"]]["code"] == "not_sendable"


class TestNoWarning:
    def test_is_there_on_the_day_that_a_bill_is_due(self, sending: Sending, engagement: Engagement) -> None:
        assert sending.preview(engagement.issued(due_on="2026-11-23"))["warnings"] == []

    def test_is_there_where_the_day_is_still_the_due_one_at_the_firms_place(
        self, sending: Sending, engagement: Engagement, staff: Staff
    ) -> None:
        bill = engagement.issued(due_on="2026-11-22", issued_on="2026-11-01")
        at_home = codes(sending.preview(bill)["warnings"])

        staff.patch("/v1/firm", {"time_zone": "Pacific/Pago_Pago"}).ok()
        sending.office.clock.advance(hours=1)

        assert at_home == ["due_date_passed"]
        assert codes(sending.preview(bill)["warnings"]) == []

    def test_is_there_for_a_bill_that_owes_nothing_however_old_it_is(
        self, sending: Sending, engagement: Engagement, staff: Staff
    ) -> None:
        bill = engagement.issued()
        pay_by_link(staff, sending.office, bill["id"])
        sending.office.clock.advance(days=60)

        preview = sending.preview(bill)

        assert preview["warnings"] == []
        assert len(preview["messages"]) == 1

    def test_is_there_where_what_was_seen_is_what_is_sent(
        self, sending: Sending, engagement: Engagement
    ) -> None:
        bills = [engagement.issued() for _ in range(3)]
        preview = sending.preview(*bills)

        assert set(preview["seen"]) == {bill["id"] for bill in bills}
        assert sending.asks(*bills, seen=preview["seen"]).status == 202

    def test_is_there_for_an_address_that_was_given_anew(
        self, sending: Sending, engagement: Engagement, staff: Staff
    ) -> None:
        bill, _ = bounced(sending, engagement)
        contact_at = f"/v1/contacts/{engagement.contact_id}"
        before = staff.get(contact_at).ok()["email_state"]

        staff.patch(contact_at, {"email": "maria@new.example"}).ok()

        assert before == EmailState.BOUNCED
        assert codes(sending.preview(bill)["warnings"]) == []


class TestAnError:
    def test_names_a_bill_that_is_not_there(self, sending: Sending, engagement: Engagement) -> None:
        good = engagement.issued()
        deleted = engagement.draft()
        sending.staff.delete(f"/v1/bills/{deleted['id']}")
        theirs = engage(Staff(firm_id="firm_2")).issued()

        preview = sending.preview(good, "bill_none", deleted, theirs)

        assert codes(preview["errors"]) == ["no_such_bill"] * 3
        assert [one["bill_id"] for one in preview["errors"]] == ["bill_none", deleted["id"], theirs["id"]]
        assert len(preview["messages"]) == 1

    def test_is_a_404_where_none_of_the_bills_is_there(self, sending: Sending) -> None:
        sending.asks("bill_none").problem(404)
        sending.staff.post("/v1/sends/preview", {"bill_ids": ["bill_none"]}).problem(404)

    @pytest.mark.parametrize("state", ["draft", "awaiting_approval", "void"])
    def test_names_a_bill_in_the_wrong_state(
        self, sending: Sending, engagement: Engagement, staff: Staff, state: str
    ) -> None:
        bill = engagement.draft() if state != "void" else engagement.issued()
        if state != "draft":
            act = "void" if state == "void" else "submit"
            staff.post(f"/v1/bills/{bill['id']}/{act}").ok()

        preview = sending.preview(bill)
        result = sending.results(sending.mailed(bill))[bill["id"]]

        assert codes(preview["errors"]) == ["not_sendable"]
        assert state.replace("_", " ") in preview["errors"][0]["message"]
        assert (result["outcome"], result["code"]) == ("skipped", "not_sendable")

    def test_names_a_bill_whose_records_are_gone(self, sending: Sending, engagement: Engagement) -> None:
        bill = engagement.issued()
        del sending.office.store.world.matters[FIRM, engagement.matter_id]

        preview = sending.preview(bill)
        result = sending.results(sending.mailed(bill))[bill["id"]]

        assert codes(preview["errors"]) == ["record_gone"]
        assert result["code"] == "record_gone"
        assert sending.to() == []

    def test_names_a_message_that_cannot_be_made(
        self, sending: Sending, engagement: Engagement, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Broken:
            def render_bill(self, document: BillDocument) -> bytes:
                raise RenderError("No room.")

        monkeypatch.setattr(sending.office.ports, "renderer", Broken())
        bill, channels = engagement.issued(), ["attachment"]

        preview = sending.preview(bill, channels=channels)
        result = sending.results(sending.mailed(bill, channels=channels))[bill["id"]]

        (error,) = preview["errors"]
        assert (error["code"], error["contact_id"]) == ("not_rendered", engagement.contact_id)
        assert preview["messages"] == []
        assert (result["outcome"], result["reason"]) == (
            "failed",
            "The message or its PDF could not be made.",
        )

    def test_holds_no_other_bill_up(self, sending: Sending, engagement: Engagement) -> None:
        lonely = engage(sending.staff, number="2", email=None)
        good = [engagement.issued() for _ in range(3)]
        bad = ["bill_none", engagement.draft()["id"], lonely.issued()["id"]]

        results = sending.results(sending.mailed(good[0], bad[0], good[1], bad[1], bad[2], good[2]))

        assert [results[bill["id"]]["outcome"] for bill in good] == ["sent"] * 3
        assert [results[bill]["code"] for bill in bad] == ["no_such_bill", "not_sendable", "no_address"]
        assert sending.to() == [("maria@example.com",)] * 3


class TestARequest:
    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"bill_ids": []}, "bill_ids"),
            ({"bill_ids": [f"bill_{number}" for number in range(10_001)]}, "bill_ids"),
            ({"bill_ids": ["bill_1"], "channels": []}, "channels"),
            ({"bill_ids": ["bill_1"], "channels": ["fax"]}, "channels[0]"),
            ({"bill_ids": ["bill_1"], "more": True}, "more"),
            ({"bill_ids": ["../bill"]}, "bill_ids[0]"),
        ],
    )
    def test_that_is_malformed_names_its_field(self, sending: Sending, body: Json, field: str) -> None:
        for path in ("/v1/sends", "/v1/sends/preview"):
            assert sending.staff.post(path, body).fields(400) == [field]

    def test_that_names_a_bill_twice_is_refused(self, sending: Sending, engagement: Engagement) -> None:
        bill = engagement.issued()

        assert sending.asks(bill, bill).fields(422) == ["bill_ids"]

    def test_for_a_preview_is_of_at_most_a_hundred_bills_and_twenty_with_their_files(
        self, sending: Sending
    ) -> None:
        bills = [f"bill_{number}" for number in range(101)]

        for how, most in (({}, 100), ({"channels": ["attachment"]}, 20)):
            body = {"bill_ids": bills[: most + 1], **how}
            assert sending.staff.post("/v1/sends/preview", body).fields(422) == ["bill_ids"]
            sending.staff.post("/v1/sends/preview", body | {"bill_ids": bills[:most]}).problem(404)

    def test_of_a_viewer_is_forbidden_by_the_name_of_what_is_missing(
        self, sending: Sending, engagement: Engagement
    ) -> None:
        send_id = sending.send(bill := engagement.issued())
        viewer = Staff(roles=("viewer",))

        refused = [
            viewer.post("/v1/sends", {"bill_ids": [bill["id"]]}),
            viewer.post("/v1/sends/preview", {"bill_ids": [bill["id"]]}),
            viewer.post(f"/v1/sends/{send_id}/stop"),
            viewer.post(f"/v1/sends/{send_id}/resume"),
        ]

        assert all("biller" in answer.problem(403)["detail"] for answer in refused)
        assert viewer.get(f"/v1/sends/{send_id}").ok()["total"] == 1
        assert len(viewer.get(f"/v1/sends/{send_id}/results").ok()["items"]) == 1
