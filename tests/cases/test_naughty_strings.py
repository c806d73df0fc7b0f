"""Case 39: each naughty string in each text field of the API, to what is read back, the mail and its wire."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from typing import Any

import pytest

from feenote import bootstrap
from feenote.adapters.messages.renderer import JinjaMessageRenderer
from feenote.adapters.mime import compose
from feenote.adapters.shown_text import line
from feenote.service.ports import OutgoingMail
from local.mail.letters import html_of, text_of
from tests.fakes.html_reader import read_html
from tests.fakes.naughty_strings import NAUGHTY_STRINGS
from tests.integration.api.office import Answer, Office, Staff
from tests.integration.api.samples import Engagement, engage
from tests.integration.api.samples import line as bill_line

PARTS = 4
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
_STEP = re.compile(r"[A-Za-z_]+|\d+")

Json = Any


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Office:
    made = Office()
    monkeypatch.setattr(made.ports, "messages", JinjaMessageRenderer())
    monkeypatch.setattr(bootstrap, "system", lambda: made.ports)
    monkeypatch.setattr(bootstrap, "clock", lambda: made.clock)
    return made


@pytest.fixture
def owner(office: Office) -> Engagement:
    return engage(Staff())


def firm(text: str) -> Json:
    inline = ("name", "email", "phone", "website", "tax_number", "reply_to", "payment_instructions")
    coded = ("time_zone", "locale", "currency", "bill_number_format", "stripe_account_id", "accent_colour")
    return {**dict.fromkeys((*inline, *coded), text), "address": [text, text]}


def client(text: str) -> Json:
    return {**dict.fromkeys(("number", "name", "language", "time_zone"), text), "address": [text]}


def contact(text: str) -> Json:
    return dict.fromkeys(("first_name", "last_name", "salutation", "email", "language", "time_zone"), text)


def matter(text: str) -> Json:
    return {
        **dict.fromkeys(("number", "description", "client_matter_number"), text),
        "responsible_attorney": dict.fromkeys(("name", "email", "phone"), text),
    }


def bill(text: str) -> Json:
    names = ("description", "timekeeper", "timekeeper_class", "task_code", "activity_code", "expense_code")
    return {
        "memo": text,
        "lines": [{**bill_line(), **dict.fromkeys(names, text)}],
        "discounts": [{"description": text, "percent": "5"}],
        "taxes": [{"name": text, "percent": "20"}],
    }


def stored(staff: Staff, path: str, wanted: Json, *, method: str = "PATCH") -> tuple[Json, Json]:
    """Store what is taken of a record; return what was taken, and the record as it is read back.

    What is refused is named by its field, with a sentence.
    """
    answer = staff.call(method, path, body=wanted)
    if is_no_json(answer):
        return {}, {}
    if answer.status in {400, 422}:
        for error in answer.problem(answer.status)["errors"]:
            assert error["message"].endswith((".", "?")), error
            _drop(wanted, [int(step) if step.isdigit() else step for step in _STEP.findall(error["field"])])
        answer = staff.call(method, path, body=wanted)
    record = answer.ok()
    return wanted, record if method == "POST" else staff.get(path).ok()


def is_no_json(answer: Answer) -> bool:
    """Say whether a body was refused whole, with the place: half a character is none in any encoding."""
    return answer.status == 400 and "not JSON" in answer.json["detail"] and "column" in answer.json["detail"]


def _drop(wanted: Json, steps: list[Any]) -> None:
    """Take a field out. What has a place in a list, and a name that is required, become plain instead."""
    *way, last = steps
    for step in way:
        wanted = wanted[step]
    if isinstance(wanted, list) or "percent" in wanted:
        wanted[last] = "plain"
    else:
        del wanted[last]


def values(wanted: Json, shown: Json, path: str = "") -> Iterator[tuple[str, str, str]]:
    """Return each text that was sent, with its place, and the one that is shown there."""
    if isinstance(wanted, dict):
        for name, value in wanted.items():
            yield from values(value, shown[name], f"{path}.{name}")
    elif isinstance(wanted, list):
        assert len(wanted) == len(shown), path
        for place, (value, one) in enumerate(zip(wanted, shown, strict=True)):
            yield from values(value, one, f"{path}[{place}]")
    elif isinstance(wanted, str):
        yield path, wanted, shown


def assert_as_sent(wanted: Json, shown: Json) -> None:
    for place, sent, got in values(wanted, shown):
        if place.endswith(".percent"):
            continue
        assert got == sent.replace("\r\n", "\n"), (place, sent)


def plain(text: str) -> str:
    """Return text with each run of white space as one space."""
    return " ".join(text.split())


def solid(text: str) -> str:
    """Return text without any white space: where lines end is the mail's own business."""
    return "".join(text.split())


FILLED = {
    "subject": "{{ client.name }}",
    "body": "{{ firm.name }}\n\n{{ client.name }}\n\n{{ matter.description }}\n\n"
    "{{ recipient.full_name }}\n\n{{ bill.memo }}\n\n{{ attorney.name }}\n\n"
    "{{ firm.address }}\n\n{{ link.button }}",
}


@pytest.mark.parametrize("part", range(PARTS))
class TestCase39EveryStringInEveryField:
    def test_is_stored_as_it_was_or_refused_by_name_and_filled_into_the_mail(
        self, office: Office, owner: Engagement, part: int
    ) -> None:
        staff, issued = Staff(), owner.draft()
        for text in NAUGHTY_STRINGS[part::PARTS]:
            for path, wanted in (
                ("/v1/firm", firm(text)),
                (f"/v1/clients/{owner.client_id}", client(text)),
                (f"/v1/contacts/{owner.contact_id}", contact(text)),
                (f"/v1/matters/{owner.matter_id}", matter(text)),
                (f"/v1/bills/{issued['id']}", bill(text)),
            ):
                assert_as_sent(*stored(staff, path, wanted))

    def test_comes_into_the_mail_as_it_was(self, office: Office, owner: Engagement, part: int) -> None:
        staff, issued = Staff(), owner.issued(memo="plain words")
        asked = {"bill_ids": [issued["id"]], "message": FILLED, "confirm": []}
        tags = read_html(staff.post("/v1/sends/preview", asked).ok()["messages"][0]["html"]).tags
        for text in NAUGHTY_STRINGS[part::PARTS]:
            taken = [
                stored(staff, path, wanted)[0]
                for path, wanted in (
                    ("/v1/firm", {"name": text, "address": [text]}),
                    (f"/v1/clients/{owner.client_id}", {"name": text}),
                    (f"/v1/contacts/{owner.contact_id}", {"first_name": text, "last_name": ""}),
                    (f"/v1/matters/{owner.matter_id}", {"description": text}),
                )
            ]
            (message,) = staff.post("/v1/sends/preview", asked).ok()["messages"]
            shown = line(text)
            seen = read_html(message["html"])
            assert set(seen.tags) <= set(tags), text
            assert "Bcc" not in {name for tag in seen.tags for name in tag[1]}
            if shown and any(sent == text for one in taken for _, sent, _ in values(one, one)):
                # It was taken somewhere: there it stands, in the HTML and in the text, as it was.
                assert solid(shown) in solid(seen.text), text
                assert solid(shown) in solid(message["text"]), text
            self._survives_the_wire(message)

    def test_typed_into_a_message_is_refused_with_its_place_or_goes_out_as_it_was(
        self, office: Office, owner: Engagement, part: int
    ) -> None:
        staff, issued = Staff(), owner.issued()
        refused = 0
        for text in NAUGHTY_STRINGS[part::PARTS]:
            for field in ("subject", "body"):
                words = {"subject": "Plain", "body": "Plain words."}
                words[field] = f"{text}\n\n{{{{ link.button }}}}" if field == "body" else text
                answer = staff.post("/v1/sends/preview", {"bill_ids": [issued["id"]], "message": words})
                if answer.status != 200:
                    refused += 1
                    assert answer.json["errors"] or is_no_json(answer)
                    for error in answer.problem(answer.status)["errors"]:
                        assert error["field"] == f"message.{field}", text
                        assert len(error["message"]) < 1_000
                    continue
                (message,) = answer.json["messages"]
                seen = read_html(message["html"])
                shown = plain(line(text, limit=20_000))
                if field == "body":
                    assert solid(shown) in solid(seen.text), text
                    assert solid(shown) in solid(message["text"]), text
                else:
                    assert message["subject"].removesuffix("…") in shown, text
                    assert len(message["subject"].splitlines()) == 1, text
                self._survives_the_wire(message)
        assert 0 < refused < len(NAUGHTY_STRINGS[part::PARTS])

    def test_in_a_template_is_kept_as_it_was_or_refused_with_its_place(
        self, office: Office, owner: Engagement, part: int
    ) -> None:
        staff = Staff()
        for text in NAUGHTY_STRINGS[part::PARTS]:
            for field in ("name", "subject", "body"):
                words = {"language": "en", "subject": "Plain", "body": "Plain words."}
                asked = {"kind": "bill", "name": "Plain", "wordings": [words]}
                (asked if field == "name" else words)[field] = text
                answer = staff.post("/v1/templates", asked)
                if is_no_json(answer):
                    continue
                if answer.status in {400, 422}:
                    named = set(answer.fields(answer.status))
                    assert named == {"name" if field == "name" else f"wordings[0].{field}"}, text
                else:
                    assert_as_sent(asked, staff.get(f"/v1/templates/{answer.ok()['id']}").ok())

    def _survives_the_wire(self, message: Json) -> None:
        """Write the mail as it leaves and read it back: three bodies of text, one subject, no header more."""
        raw = compose(
            OutgoingMail(
                from_name=message["from"],
                to_address="maria@example.com",
                to_name=message["recipient"]["name"],
                reply_to="",
                subject=message["subject"],
                html=message["html"],
                text=message["text"],
                message_date=NOW,
                tags={},
            ),
            from_address="bills@firm.example",
        )
        read = message_from_bytes(raw, policy=policy.default)
        assert read["Subject"] == message["subject"]
        assert html_of(read).replace("\r\n", "\n").rstrip("\n") == message["html"].rstrip("\n")
        assert text_of(read).replace("\r\n", "\n").rstrip("\n") == message["text"].rstrip("\n")
        assert sorted(read.keys()) == HEADERS


HEADERS = sorted(("From", "To", "Subject", "Date", "Auto-Submitted", "MIME-Version", "Content-Type"))
