"""Mail: kept whole, troubled on request, and followed by the notices that SES sends."""

from __future__ import annotations

import json
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, HTTPClientError

from local.mail.faults import Fault
from local.testing import call

if TYPE_CHECKING:
    from collections.abc import Iterator

    from types_boto3_sesv2 import SESV2Client

    from local.machine import Machine

CONFIGURATION_SET = "feenote-Mail-MailConfiguration"


@pytest.fixture
def ses(machine: Machine) -> Iterator[SESV2Client]:
    client = boto3.client(
        "sesv2",
        endpoint_url=machine.endpoints.guard,
        region_name="us-east-1",
        aws_access_key_id=machine.endpoints.credentials.access_key,
        aws_secret_access_key=machine.endpoints.credentials.secret_key,
        config=Config(retries={"total_max_attempts": 1}),
    )
    yield client
    client.close()
    machine.faults.clear()


def a_message(subject: str = "Bill 2026-1") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Firm <bills@firm.example>"
    message["To"] = "Ada <ada@client.example>"
    message["Subject"] = subject
    message["Reply-To"] = "anna@firm.example"
    message.set_content("Please pay.\n")
    message.add_alternative("<p>Please pay.</p>\n", subtype="html")
    message.add_attachment(b"%PDF-1.7\x00\xff", maintype="application", subtype="pdf", filename="№ 1.pdf")
    return message


def sent(ses: SESV2Client, to: str | list[str] = "ada@client.example", **given: Any) -> str:
    answer = ses.send_email(
        FromEmailAddress=given.pop("source", "bills@firm.example"),
        Destination={"ToAddresses": [to] if isinstance(to, str) else to},
        Content={"Raw": {"Data": given.pop("raw", a_message().as_bytes())}},
        ConfigurationSetName=given.pop("configuration_set", CONFIGURATION_SET),
        EmailTags=[{"Name": "delivery_id", "Value": given.pop("delivery_id", "dlv_1")}],
    )
    return answer["MessageId"]


def notices(machine: Machine, mail_id: str) -> list[dict[str, Any]]:
    assert machine.settle()
    answer = machine.clients.dynamodb.query(
        TableName="feenote-Data-Table",
        KeyConditionExpression="pk = :mail",
        ExpressionAttributeValues={":mail": {"S": f"MAIL#{mail_id}"}},
    )
    return [json.loads(item["notice"]["S"]) for item in answer["Items"]]


def kinds(machine: Machine, mail_id: str) -> set[str]:
    return {notice["eventType"] for notice in notices(machine, mail_id)}


def recipients_of(notice: dict[str, Any]) -> list[str]:
    """Return the addresses that a notice names."""
    names = {
        "Bounce": ("bounce", "bouncedRecipients"),
        "Complaint": ("complaint", "complainedRecipients"),
        "Delivery": ("delivery", "recipients"),
    }
    part, name = names.get(notice["eventType"], ("send", ""))
    return [one if isinstance(one, str) else one["emailAddress"] for one in notice[part].get(name, ())]


class TestAMail:
    def test_is_kept_whole(self, machine: Machine, ses: SESV2Client) -> None:
        mail_id = sent(ses)

        items = call(machine.base_url, "GET", "/_local/mails").json()["items"]
        mail = next(item for item in items if item["id"] == mail_id)
        assert mail["to"] == ["ada@client.example"]
        assert mail["from"] == "Firm <bills@firm.example>"
        assert (mail["subject"], mail["html"]) == ("Bill 2026-1", "<p>Please pay.</p>\n")
        assert mail["text"] == "Please pay.\n"
        assert mail["headers"]["Reply-To"] == "anna@firm.example"
        assert mail["headers"]["Message-ID"] == f"<{mail_id}@email.amazonses.com>"
        assert [(part["filename"], part["size"]) for part in mail["attachments"]] == [("№ 1.pdf", 10)]

    def test_keeps_its_body_byte_for_byte(self, machine: Machine, ses: SESV2Client) -> None:
        raw = a_message().as_bytes()

        mail_id = sent(ses, raw=raw)

        kept = call(machine.base_url, "GET", f"/_local/mails/{mail_id}/raw").body
        assert kept.partition(b"\n\n")[2] == raw.partition(b"\n\n")[2]

    def test_hides_the_blind_copies(self, machine: Machine, ses: SESV2Client) -> None:
        message = a_message()
        message["Bcc"] = "secret@client.example"

        mail_id = sent(ses, raw=message.as_bytes())

        assert b"secret@" not in call(machine.base_url, "GET", f"/_local/mails/{mail_id}/raw").body

    def test_offers_its_attachments(self, machine: Machine, ses: SESV2Client) -> None:
        mail_id = sent(ses)

        reply = call(machine.base_url, "GET", f"/_local/mails/{mail_id}/attachments/0")

        assert reply.body == b"%PDF-1.7\x00\xff"
        assert reply.headers["content-type"] == "application/pdf"
        assert call(machine.base_url, "GET", f"/_local/mails/{mail_id}/attachments/1").status == 404


class TestARefusal:
    @pytest.mark.parametrize(
        ("fault", "status", "code"),
        [
            (Fault.THROTTLED, 429, "TooManyRequestsException"),
            (Fault.REJECTED, 400, "MessageRejected"),
            (Fault.PAUSED, 400, "SendingPausedException"),
            (Fault.SERVER_ERROR, 500, "InternalFailure"),
        ],
    )
    def test_has_the_code_of_the_service(
        self, machine: Machine, ses: SESV2Client, fault: Fault, status: int, code: str
    ) -> None:
        before = len(machine.inbox.letters())
        machine.faults.plan(fault)

        with pytest.raises(ClientError) as refused:
            sent(ses)

        answer = refused.value.response
        assert (answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"]) == (status, code)
        assert len(machine.inbox.letters()) == before
        assert sent(ses), "a fault is planned for as many sends as were asked for"

    def test_meets_senders_that_nobody_verified(self, ses: SESV2Client) -> None:
        with pytest.raises(ClientError, match="not verified"):
            sent(ses, source="me@elsewhere.example")

    def test_meets_a_configuration_set_that_does_not_exist(self, ses: SESV2Client) -> None:
        with pytest.raises(ClientError, match="does not exist") as refused:
            sent(ses, configuration_set="other")

        assert refused.value.response["Error"]["Code"] == "NotFoundException"

    def test_can_be_asked_for_over_http(self, machine: Machine, ses: SESV2Client) -> None:
        planned = call(
            machine.base_url, "POST", "/_local/mail-faults", body={"kind": "paused", "count": None}
        )
        for _ in range(2):
            with pytest.raises(ClientError, match="disabled"):
                sent(ses)

        cleared = call(machine.base_url, "DELETE", "/_local/mail-faults")

        assert (planned.status, cleared.status) == (200, 204)
        assert sent(ses)


class TestALostAnswer:
    def test_leaves_a_mail_that_went_out_and_one_request(self, machine: Machine, ses: SESV2Client) -> None:
        before, requests = len(machine.inbox.letters()), machine.mail_service.requests
        machine.faults.plan(Fault.ANSWER_LOST)

        with pytest.raises((ConnectionClosedError, HTTPClientError)):
            sent(ses, delivery_id="dlv_lost")

        letter = machine.inbox.find(mail_id=None, tag_value="dlv_lost", recipient=None)
        assert letter is not None
        assert len(machine.inbox.letters()) == before + 1
        assert machine.mail_service.requests == requests + 1
        assert kinds(machine, letter.id) == {"Send", "Delivery"}

    def test_differs_from_a_request_that_never_arrived(self, machine: Machine, ses: SESV2Client) -> None:
        before = len(machine.inbox.letters())
        machine.faults.plan(Fault.UNREACHABLE)

        with pytest.raises((ConnectionClosedError, HTTPClientError)):
            sent(ses)

        assert len(machine.inbox.letters()) == before


class TestNotices:
    def test_tell_of_send_and_delivery_with_the_tags(self, machine: Machine, ses: SESV2Client) -> None:
        mail_id = sent(ses, delivery_id="dlv_42")

        told = {notice["eventType"]: notice for notice in notices(machine, mail_id)}

        assert told.keys() == {"Send", "Delivery"}
        assert told["Delivery"]["delivery"]["recipients"] == ["ada@client.example"]
        assert told["Send"]["mail"]["tags"]["delivery_id"] == ["dlv_42"]
        assert told["Send"]["mail"]["tags"]["ses:configuration-set"] == [CONFIGURATION_SET]
        assert told["Send"]["mail"]["commonHeaders"]["subject"] == "Bill 2026-1"

    @pytest.mark.parametrize(
        ("address", "expected"),
        [
            ("success@simulator.amazonses.com", {"Send", "Delivery"}),
            ("bounce+dlv1@simulator.amazonses.com", {"Send", "Bounce"}),
            ("complaint@simulator.amazonses.com", {"Send", "Delivery", "Complaint"}),
            ("suppressionlist@simulator.amazonses.com", {"Send", "Bounce"}),
        ],
    )
    def test_follow_the_simulator_addresses(
        self, machine: Machine, ses: SESV2Client, address: str, expected: set[str]
    ) -> None:
        assert kinds(machine, sent(ses, to=address)) == expected

    def test_can_be_lost(self, machine: Machine, ses: SESV2Client) -> None:
        machine.faults.plan(Fault.NOTICES_LOST)

        assert kinds(machine, sent(ses)) == set()

    def test_can_be_made_by_hand(self, machine: Machine, ses: SESV2Client) -> None:
        machine.faults.plan(Fault.NOTICES_LOST)
        mail_id = sent(ses, delivery_id="dlv_hand", to="late@client.example")

        for wish in (
            {"delivery_id": "dlv_hand", "type": "delay"},
            {"to": "late@client.example", "type": "bounce", "bounce_type": "Transient"},
        ):
            assert call(machine.base_url, "POST", "/_local/mail-notices", body=wish).status == 202

        told = {notice["eventType"]: notice for notice in notices(machine, mail_id)}
        assert told.keys() == {"DeliveryDelay", "Bounce"}
        assert told["Bounce"]["bounce"]["bounceType"] == "Transient"
        assert told["DeliveryDelay"]["deliveryDelay"]["delayType"] == "MailboxFull"

    def test_of_a_mail_to_several_are_told_of_each(self, machine: Machine, ses: SESV2Client) -> None:
        people = ["ada@client.example", "bounce@simulator.amazonses.com", "complaint@simulator.amazonses.com"]

        mail_id = sent(ses, to=people)

        told = sorted((notice["eventType"], *recipients_of(notice)) for notice in notices(machine, mail_id))
        assert told == [
            ("Bounce", people[1]),
            ("Complaint", people[2]),
            ("Delivery", people[0]),
            ("Delivery", people[2]),
            ("Send",),
        ]

    def test_made_by_hand_can_be_about_one_of_several(self, machine: Machine, ses: SESV2Client) -> None:
        machine.faults.plan(Fault.NOTICES_LOST)
        mail_id = sent(ses, to=["bo@client.example", "cy@client.example"])
        wish = {"mail_id": mail_id, "type": "bounce", "bounce_type": "Transient"}

        for recipient, status in (("CY@client.example", 202), ("eve@client.example", 400)):
            answer = call(
                machine.base_url, "POST", "/_local/mail-notices", body={**wish, "recipient": recipient}
            )
            assert answer.status == status

        (told,) = notices(machine, mail_id)
        assert recipients_of(told) == ["cy@client.example"]

    def test_of_a_hard_bounce_put_the_address_on_the_suppression_list(
        self, machine: Machine, ses: SESV2Client
    ) -> None:
        first = sent(ses, to="gone@client.example")
        wish = {"mail_id": first, "type": "bounce"}
        call(machine.base_url, "POST", "/_local/mail-notices", body=wish)

        second = sent(ses, to="gone@client.example")

        bounced = [notice for notice in notices(machine, second) if notice["eventType"] == "Bounce"]
        assert [notice["bounce"]["bounceSubType"] for notice in bounced] == ["OnAccountSuppressionList"]

    @pytest.mark.parametrize(
        ("wish", "status"),
        [
            ({"type": "bounce"}, 400),
            ({"type": "nonsense", "to": "a@b.example"}, 400),
            ({"type": "bounce", "mail_id": "none"}, 404),
        ],
    )
    def test_for_nothing_are_refused(self, machine: Machine, wish: dict[str, str], status: int) -> None:
        assert call(machine.base_url, "POST", "/_local/mail-notices", body=wish).status == status
