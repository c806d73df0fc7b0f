"""Which words a message has: by hand, a template's, a client's own, the firm's, or those that ship."""

from __future__ import annotations

import pytest

from tests.integration.api.office import Office, Staff
from tests.integration.api.samples import Engagement, engage
from tests.integration.api.sending import Json, Sending, codes, contact

BODY = "{{ recipient.greeting }}\n\nyour bill is ready.\n\n{{ link.button }}"


@pytest.fixture
def sending(office: Office, staff: Staff) -> Sending:
    return Sending(office, staff)


def template(staff: Staff, subject: str, **more: object) -> Json:
    """Store a template for bills; `languages` are those it has, each with its name in the subject."""
    languages = more.pop("languages", ["en"])
    assert isinstance(languages, list)
    wordings = [
        {
            "language": one,
            "subject": subject if languages == ["en"] else f"{subject} {one}",
            "body": more.get("body", BODY),
        }
        for one in languages
    ]
    more.pop("body", None)
    return staff.post("/v1/templates", {"kind": "bill", "name": subject, "wordings": wordings, **more}).ok()


def subjects(sending: Sending) -> list[str]:
    """Return the subjects of what went out, without the bill's number that the fake adds."""
    return [mail.subject.rpartition(" ")[0] for mail in sending.office.mailer.accepted]


class TestTheWordsOfAMessage:
    def test_ship_with_the_product(self, sending: Sending, engagement: Engagement) -> None:
        (shown,) = sending.preview(bill := engagement.issued())["messages"]
        sending.mailed(bill)

        assert subjects(sending) == ["bill"]
        assert shown["template_id"] is None

    def test_are_the_firms_default(self, sending: Sending, staff: Staff, engagement: Engagement) -> None:
        made = template(staff, "Firm", is_default=True)
        bill = engagement.issued()

        (shown,) = sending.preview(bill)["messages"]
        send_id = sending.mailed(bill)

        (delivery,) = sending.results(send_id)[bill["id"]]["deliveries"]
        assert subjects(sending) == ["Firm"]
        assert shown["subject"] == sending.office.mailer.accepted[0].subject
        assert shown["template_id"] == delivery["template_id"] == made["id"]

    def test_are_the_clients_own_before_the_firms(
        self, sending: Sending, staff: Staff, engagement: Engagement
    ) -> None:
        other = engage(staff, number="2", email="other@example.com")
        template(staff, "Firm", is_default=True)
        template(staff, "Own", is_default=True, client_id=engagement.client_id)

        sending.mailed(engagement.issued(), other.issued())

        found = dict(zip(sending.to(), subjects(sending), strict=True))
        assert found == {("maria@example.com",): "Own", ("other@example.com",): "Firm"}

    def test_are_a_templates_where_one_is_named(
        self, sending: Sending, staff: Staff, engagement: Engagement
    ) -> None:
        template(staff, "Own", is_default=True, client_id=engagement.client_id)
        named = template(staff, "Named")

        sending.mailed(engagement.issued(), template_id=named["id"])

        assert subjects(sending) == ["Named"]

    def test_are_what_was_written_by_hand_before_any_template(
        self, sending: Sending, staff: Staff, engagement: Engagement
    ) -> None:
        template(staff, "Own", is_default=True, client_id=engagement.client_id)

        send_id = sending.mailed(engagement.issued(), message={"subject": "By hand", "body": BODY})

        assert subjects(sending) == ["By hand"]
        assert sending.progress(send_id)["counts"]["accepted"] == 1

    def test_are_in_the_recipients_language_else_the_clients_else_the_firms_else_the_first(
        self, sending: Sending, staff: Staff, engagement: Engagement
    ) -> None:
        template(staff, "T", is_default=True, languages=["de", "fr", "en"])
        client = engagement.client_id
        people = [
            contact(staff, client, f"{name}@example.com", language=language)
            for name, language in (("fr", "fr-CA"), ("nobody", "it"), ("firm", None))
        ]
        staff.patch("/v1/firm", {"locale": "en-GB"}).ok()

        sending.mailed(engagement.issued(), recipients=people, confirm=["not_on_every_matter"])
        staff.patch(f"/v1/clients/{client}", {"language": "de-CH"}).ok()
        sending.mailed(engagement.issued(), recipients=people, confirm=["not_on_every_matter"])
        staff.patch(f"/v1/clients/{client}", {"language": None}).ok()
        staff.patch("/v1/firm", {"locale": "es-ES"}).ok()
        sending.mailed(engagement.issued(), recipients=people, confirm=["not_on_every_matter"])

        found = list(zip([to[0].partition("@")[0] for to in sending.to()], subjects(sending), strict=True))
        assert found == [
            *[("fr", "T fr"), ("nobody", "T en"), ("firm", "T en")],
            *[("fr", "T fr"), ("nobody", "T de"), ("firm", "T de")],
            *[("fr", "T fr"), ("nobody", "T de"), ("firm", "T de")],
        ]


class TestWordsThatCannotBeSent:
    def test_a_template_of_another_kind_is_refused(
        self, sending: Sending, staff: Staff, engagement: Engagement
    ) -> None:
        receipt = template(staff, "Thanks", kind="receipt", body="{{ recipient.greeting }}\n\nthank you.")
        bill = engagement.issued()

        for path in ("/v1/sends", "/v1/sends/preview"):
            answer = staff.post(path, {"bill_ids": [bill["id"]], "template_id": receipt["id"]})
            assert answer.fields(422) == ["template_id"]
            assert "receipt" in answer.json["detail"]
        assert sending.to() == []

    @pytest.mark.parametrize("template_id", ["tpl_none", "another firm's"])
    def test_a_template_that_is_not_there_is_refused(
        self, sending: Sending, engagement: Engagement, template_id: str
    ) -> None:
        if template_id != "tpl_none":
            template_id = template(Staff(firm_id="firm_2"), "Theirs")["id"]

        answer = sending.asks(engagement.issued(), template_id=template_id)

        assert answer.fields(422) == ["template_id"]

    def test_a_template_and_a_message_together_are_refused(
        self, sending: Sending, staff: Staff, engagement: Engagement
    ) -> None:
        named = template(staff, "Named")

        answer = sending.asks(
            engagement.issued(), template_id=named["id"], message={"subject": "By hand", "body": BODY}
        )

        assert answer.fields(422) == ["message"]

    @pytest.mark.parametrize("path", ["/v1/sends", "/v1/sends/preview"])
    def test_an_unknown_field_is_refused_with_its_place_and_the_nearest_name(
        self, staff: Staff, engagement: Engagement, path: str
    ) -> None:
        message = {"subject": "Bill {{ bill.numbr }}", "body": "Good day,\n\nto {{ client.nam }}"}

        answer = staff.post(path, {"bill_ids": [engagement.issued()["id"]], "message": message})

        errors = {error["field"]: error["message"] for error in answer.problem(422)["errors"]}
        assert set(errors) == {"message.subject", "message.body"}
        assert errors["message.subject"].startswith("Line 1, column 6: ")
        assert "bill.number" in errors["message.subject"]
        assert errors["message.body"].startswith("Line 3, column 4: ")
        assert "client.name" in errors["message.body"]

    @pytest.mark.parametrize(
        ("part", "text"),
        [
            ("body", "{% for x in y %}"),
            ("body", "{{ bill.number|upper }}"),
            ("body", "{{ bill.__class__ }}"),
            ("body", "{{ 7*7 }}"),
            ("body", "{{ reminder.days }}"),
            ("subject", "{{ link.button }}"),
            ("subject", "two\nlines"),
            ("subject", "a\r\nBcc: x@evil.example"),
            ("subject", " "),
            ("body", "\x00"),
        ],
    )
    def test_what_is_no_field_is_refused(
        self, sending: Sending, engagement: Engagement, part: str, text: str
    ) -> None:
        answer = sending.asks(
            engagement.issued(), message={"subject": "Your bill", "body": "Good day."} | {part: text}
        )

        assert set(answer.fields(422)) == {f"message.{part}"}


class TestWordsThatChangeAfterwards:
    def test_a_template_deleted_before_the_worker_came_still_gives_its_words(
        self, sending: Sending, staff: Staff, engagement: Engagement
    ) -> None:
        made = template(staff, "Named")
        sending.send(engagement.issued(), template_id=made["id"])

        assert staff.delete(f"/v1/templates/{made['id']}").status == 204
        sending.work_off()

        assert subjects(sending) == ["Named"]

    def test_a_template_changed_before_the_worker_came_gives_the_words_that_were_asked_for(
        self, sending: Sending, staff: Staff, engagement: Engagement
    ) -> None:
        made = template(staff, "Before", is_default=True)
        sending.send(engagement.issued())

        wordings = [{"language": "en", "subject": "After", "body": BODY}]
        body = {"kind": "bill", "name": "Named", "wordings": wordings, "is_default": True}
        staff.call("PUT", f"/v1/templates/{made['id']}", body=body).ok()
        sending.work_off()
        sending.mailed(engagement.issued())

        assert subjects(sending) == ["Before", "After"]

    def test_a_default_changed_between_preview_and_send_gives_the_new_words(
        self, sending: Sending, staff: Staff, engagement: Engagement
    ) -> None:
        template(staff, "First", is_default=True)
        bill = engagement.issued()
        preview = sending.preview(bill)

        template(staff, "Second", is_default=True)
        sending.mailed(bill, seen=preview["seen"])

        assert preview["messages"][0]["subject"].startswith("First")
        assert subjects(sending) == ["Second"]

    def test_a_template_deleted_before_a_large_send_was_prepared_still_gives_its_words(
        self, sending: Sending, staff: Staff, engagement: Engagement
    ) -> None:
        made = template(staff, "Named")
        bills = [engagement.issued() for _ in range(11)]
        send_id = sending.send(*bills, template_id=made["id"])

        assert staff.delete(f"/v1/templates/{made['id']}").status == 204
        sending.work_off()

        assert {one["outcome"] for one in sending.results(send_id).values()} == {"sent"}
        assert set(subjects(sending)) == {"Named"}

    def test_a_default_made_before_a_large_send_was_prepared_does_not_touch_its_words(
        self, sending: Sending, staff: Staff, engagement: Engagement
    ) -> None:
        template(staff, "Before", is_default=True)
        bills = [engagement.issued() for _ in range(11)]
        sending.send(*bills)

        template(staff, "After", is_default=True)
        sending.work_off()

        assert set(subjects(sending)) == {"Before"}


class TestAFieldWithNothingInIt:
    def test_asks_for_a_yes_where_something_else_stands_in(
        self, sending: Sending, staff: Staff, engagement: Engagement
    ) -> None:
        staff.patch(f"/v1/matters/{engagement.matter_id}", {"description": ""}).ok()
        bill = engagement.issued()
        message = {"subject": "Your bill", "body": "About {{ matter.description }}"}

        preview = sending.preview(bill, message=message)
        refused = sending.asks(bill, message=message)
        sending.mailed(bill, message=message, confirm=["field_fell_back"])

        assert codes(preview["warnings"]) == ["field_fell_back"]
        assert "matter.description" in preview["warnings"][0]["message"]
        assert refused.fields(422) == ["confirm"]
        assert subjects(sending) == ["Your bill"]
