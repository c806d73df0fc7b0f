"""Case 29: an address that takes no mail, or a person who wants none: the firm sees it and is asked again."""

from __future__ import annotations

from typing import Any

import pytest

from local.mail.notices import Notice
from tests.cases.stage import Stage
from tests.integration.api.queue_events import failed
from tests.integration.api.samples import Engagement
from tests.integration.api.sending import contact, matter

Json = Any

WAYS = [
    (Notice.BOUNCE, {}, "bounced", "bounced"),
    (Notice.BOUNCE, {"bounce_sub_type": "Suppressed"}, "bounced", "bounced"),
    (Notice.BOUNCE, {"bounce_sub_type": "OnAccountSuppressionList"}, "bounced", "bounced"),
    (Notice.COMPLAINT, {}, "complained", "complained"),
]
IDS = ["hard bounce", "suppressed by SES", "suppressed by the account", "complaint"]


def tasks(stage: Stage) -> list[Json]:
    found: list[Json] = stage.staff.get("/v1/tasks").ok()["items"]
    return found


@pytest.mark.parametrize(("notice", "more", "state", "email_state"), WAYS, ids=IDS)
class TestCase29AMailThatComesBack:
    def test_marks_the_bill_and_the_contact_and_asks_a_person(
        self, stage: Stage, notice: Notice, more: Json, state: str, email_state: str
    ) -> None:
        owner = stage.engage()
        stage.sent(bill := stage.bill(owner))
        (letter,) = stage.mail.letters
        stage.notice(letter, Notice.SEND)
        if notice is Notice.COMPLAINT:
            stage.notice(letter, Notice.DELIVERY)

        for _ in range(2):
            assert failed(stage.notice(letter, notice, **more)) == []

        shown = stage.read(bill)
        assert shown["delivery_state"] == state
        assert shown["delivery_text"]
        assert stage.staff.get(f"/v1/contacts/{owner.contact_id}").ok()["email_state"] == email_state
        (task,) = tasks(stage)
        assert (task["kind"], task["bill_id"], task["contact_id"]) == (
            "not_delivered",
            bill["id"],
            owner.contact_id,
        )
        assert task["what"]
        assert task["to_do"]
        assert stage.event_kinds(bill).count("not_delivered") == 1

    def test_the_next_send_to_it_asks_first(
        self, stage: Stage, notice: Notice, more: Json, state: str, email_state: str
    ) -> None:
        owner = stage.engage()
        stage.sent(stage.bill(owner))
        stage.notice(stage.mail.letters[0], notice, **more)
        body = {"bill_ids": [stage.bill(owner)["id"]]}

        refused = stage.staff.post("/v1/sends", body)
        stage.staff.post("/v1/sends", body | {"confirm": ["address_bounced"]}).ok()
        stage.work_off_mail()

        assert refused.fields(422) == ["confirm"]
        assert len(stage.mail.letters) == 2

    def test_a_large_send_skips_it_and_says_so(
        self, stage: Stage, notice: Notice, more: Json, state: str, email_state: str
    ) -> None:
        bad, good = stage.engage(), stage.engage()
        stage.sent(stage.bill(bad))
        stage.notice(stage.mail.letters[0], notice, **more)
        bills = [stage.bill(bad)["id"], stage.bill(good)["id"], *(f"bill_none{n}" for n in range(99))]

        send_id = stage.staff.post("/v1/sends", {"bill_ids": bills}).ok()["send_id"]
        stage.work_off_sends()
        stage.work_off_mail()

        items = stage.staff.get(f"/v1/sends/{send_id}/results", limit="200").ok()["items"]
        results = {item["bill_id"]: (item["outcome"], item["code"]) for item in items}
        assert results[bills[0]] == ("skipped", "address_bounced")
        assert results[bills[1]] == ("sent", None)
        assert len(stage.mail.letters) == 2

    def test_a_new_address_is_written_to_without_a_word(
        self, stage: Stage, notice: Notice, more: Json, state: str, email_state: str
    ) -> None:
        owner = stage.engage()
        stage.sent(stage.bill(owner))
        (letter,) = stage.mail.letters
        stage.notice(letter, notice, **more)

        stage.staff.patch(f"/v1/contacts/{owner.contact_id}", {"email": "new@example.com"}).ok()
        # Late and doubled, about the address before.
        stage.notice(letter, notice, **more)
        stage.sent(stage.bill(owner))

        assert stage.mail.letters[-1].recipients == ("new@example.com",)
        assert stage.staff.get(f"/v1/contacts/{owner.contact_id}").ok()["email_state"] == "ok"


class TestOneOfSeveralRecipients:
    def two(self, stage: Stage, owner: Engagement) -> Json:
        other = contact(stage.staff, owner.client_id, "other@example.com")
        on = matter(stage.staff, owner.client_id, "9", (owner.contact_id, True), (other, True))
        return owner.issued(matter_ids=[on]), other

    def test_in_one_email_is_the_only_one_marked(self, stage: Stage) -> None:
        bill, other = self.two(stage, owner := stage.engage())
        stage.sent(bill, one_email=True)
        (letter,) = stage.mail.letters

        stage.notice(letter, Notice.DELIVERY, recipients=(letter.recipients[0],))
        stage.notice(letter, Notice.BOUNCE, recipients=("other@example.com",))

        assert stage.staff.get(f"/v1/contacts/{other}").ok()["email_state"] == "bounced"
        assert stage.staff.get(f"/v1/contacts/{owner.contact_id}").ok()["email_state"] == "ok"
        assert [task["contact_id"] for task in tasks(stage)] == [other]
        assert stage.read(bill)["delivery_state"] == "bounced"

    def test_each_in_a_mail_of_their_own_shows_the_worse_news_on_the_bill(self, stage: Stage) -> None:
        bill, other = self.two(stage, stage.engage())
        stage.sent(bill)
        for letter in stage.mail.letters:
            bounces = letter.recipients == ("other@example.com",)
            stage.notice(letter, Notice.BOUNCE if bounces else Notice.DELIVERY)

        assert len(stage.mail.letters) == 2
        assert stage.read(bill)["delivery_state"] == "bounced"
        assert [task["contact_id"] for task in tasks(stage)] == [other]


class TestAMailThatMayStillArrive:
    @pytest.mark.parametrize(
        ("notice", "more"), [(Notice.BOUNCE, {"bounce_type": "Transient"}), (Notice.DELAY, {})]
    )
    def test_leaves_the_contact_as_it_is(self, stage: Stage, notice: Notice, more: Json) -> None:
        owner = stage.engage()
        stage.sent(stage.bill(owner))

        stage.notice(stage.mail.letters[0], notice, **more)

        assert stage.staff.get(f"/v1/contacts/{owner.contact_id}").ok()["email_state"] == "ok"
