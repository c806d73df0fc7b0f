"""A preview is the mail: what was shown goes out byte for byte, but for the link's token."""

from __future__ import annotations

import re
from collections.abc import Callable
from email.utils import parseaddr
from typing import Any

import pytest

from feenote.domain.deliveries import Channel
from feenote.service.preview_send import preview_send
from feenote.service.send_request import SendRequest
from local.mail.letters import Letter, attachments_of, html_of, text_of
from tests.cases.stage import FIRM, Stage
from tests.integration.api.samples import Engagement, line
from tests.integration.api.sending import contact, matter

TOKEN = re.compile(r"/l/[A-Za-z0-9_-]{43}")
BY_HAND = {
    "subject": "{{ bill.number }}: Smith & Sons <{{ client.name }}>",
    "body": "{{ recipient.greeting }}\n\n{{ bill.total }} by {{ bill.due_on }}, written on {{ today }}.\n\n"
    "{{ link.button }}\n\n{{ bill.summary }}",
}

Json = Any
Asked = tuple[Json, dict[str, Any]]
"""A bill, and how it is to be sent."""


def by_link(stage: Stage, owner: Engagement) -> Asked:
    return owner.issued(), {}


def attached(stage: Stage, owner: Engagement) -> Asked:
    return owner.issued(), {"channels": ["link", "attachment"]}


def too_large(stage: Stage, owner: Engagement) -> Asked:
    stage.staff.patch("/v1/firm", {"settings": {"attachment_limit_bytes": 1_000}}).ok()
    return owner.issued(), {"channels": ["attachment"]}


def in_one_email(stage: Stage, owner: Engagement) -> Asked:
    bill, _ = in_four_languages(stage, owner)
    return bill, {"one_email": True}


def in_four_languages(stage: Stage, owner: Engagement) -> Asked:
    people = [
        contact(stage.staff, owner.client_id, f"{language}@example.com", first_name=name, language=language)
        for language, name in (("fr-CA", "Chloé"), ("de-CH", "Jürgen"), ("es-ES", "Íñigo"), ("en-GB", "Zoë"))
    ]
    on = matter(stage.staff, owner.client_id, "9", *((one, True) for one in people))
    return owner.issued(matter_ids=[on]), {}


def by_template(stage: Stage, owner: Engagement) -> Asked:
    wordings = [
        {
            "language": language,
            "subject": f"{language}: {{{{ bill.number }}}}",
            "body": f"{language}, {{{{ bill.total }}}}\n\n{{{{ link.button }}}}",
        }
        for language in ("de", "en")
    ]
    asked = {"kind": "bill", "name": "Ours", "wordings": wordings}
    made = stage.staff.post("/v1/templates", asked).ok()
    bill, _ = in_four_languages(stage, owner)
    return bill, {"template_id": made["id"]}


def by_default(stage: Stage, owner: Engagement) -> Asked:
    wordings = [{"language": "en", "subject": "From {{ firm.name }}", "body": "{{ link.button }}\n\nThanks."}]
    asked = {"kind": "bill", "name": "Ours", "wordings": wordings, "is_default": True}
    stage.staff.post("/v1/templates", asked).ok()
    return owner.issued(), {}


def by_hand(stage: Stage, owner: Engagement) -> Asked:
    stage.staff.patch(f"/v1/clients/{owner.client_id}", {"name": 'O\'Brien & "Söhne" <LLP>'}).ok()
    return owner.issued(), {"message": BY_HAND}


def late(stage: Stage, owner: Engagement) -> Asked:
    return owner.issued(issued_on="2026-09-01", due_on="2026-10-01"), {"confirm": ["due_date_passed"]}


def beside_others(stage: Stage, owner: Engagement) -> Asked:
    for _ in range(2):
        owner.issued(issued_on="2026-09-01", due_on="2026-10-01")
    return owner.issued(), {"accept_all_unpaid": True}


def paid(stage: Stage, owner: Engagement) -> Asked:
    bill = owner.issued()
    stage.pay_by_card(bill)
    stage.take()
    stage.work_off_mail()
    stage.clock.advance(minutes=11)
    return stage.read(bill), {"channels": ["attachment"]}


def revised(stage: Stage, owner: Engagement) -> Asked:
    bill = owner.issued()
    stage.sent(bill)
    stage.staff.patch(f"/v1/bills/{bill['id']}", {"lines": [line(1), line(99_999)]}).ok()
    stage.clock.advance(minutes=11)
    return stage.read(bill), {"channels": ["link", "attachment"]}


WAYS = [
    by_link,
    attached,
    too_large,
    in_one_email,
    in_four_languages,
    by_template,
    by_default,
    by_hand,
    late,
    beside_others,
    paid,
    revised,
]


@pytest.mark.parametrize("way", WAYS, ids=[way.__name__ for way in WAYS])
class TestAPreview:
    def test_is_what_goes_out(self, stage: Stage, way: Callable[[Stage, Engagement], Asked]) -> None:
        owner = a_clients(stage)
        bill, how = way(stage, owner)
        body = {"bill_ids": [bill["id"]], **how}
        shown = stage.staff.post("/v1/sends/preview", body).ok()
        files = files_of(stage, bill, how)
        before = len(stage.mail.letters)

        stage.staff.post("/v1/sends", body | {"seen": shown["seen"]}).ok()
        stage.work_off_mail()

        letters = stage.mail.letters[before:]
        assert len(letters) == len(shown["messages"]) >= 1
        for letter, message, attachments in zip(
            sorted(letters, key=lambda letter: letter.recipients[0]),
            sorted(shown["messages"], key=lambda message: message["recipient"]["email"]),
            files,
            strict=True,
        ):
            assert as_shown(letter) == {
                **{name: message[name] for name in ("subject", "from", "reply_to")},
                **{name: message[name].removesuffix("\n") + "\n" for name in ("html", "text")},
            }
            assert list(letter.recipients) == [
                message["recipient"]["email"],
                *(other["email"] for other in message["also_to"]),
            ]
            assert named(letter) == [
                (one["filename"], one["content_type"], one["bytes"]) for one in message["attachments"]
            ]
            assert [one.content for one in attachments_of(letter.message())] == attachments
            assert message["links"] == ["https://pay.firm.example/l/preview"]
            assert len(set(TOKEN.findall(text_of(letter.message())))) == 1

    def test_writes_nothing_but_the_file_that_it_shows(
        self, stage: Stage, way: Callable[[Stage, Engagement], Asked]
    ) -> None:
        bill, how = way(stage, a_clients(stage))
        left, before, files = len(stage.leaving.writes()), stage.items(), len(stage.shelf.files)

        stage.staff.post("/v1/sends/preview", {"bill_ids": [bill["id"]], **how}).ok()

        # The paid bill went out before: its file is there.
        if "channels" in how and way is not paid:
            assert len(stage.shelf.files) == files + 1
        else:
            assert len(stage.shelf.files) == files
            assert len(stage.leaving.writes()) == left
            assert stage.items() == before


def a_clients(stage: Stage) -> Engagement:
    """Return a client of a firm that has told much of itself."""
    stage.staff.patch(
        "/v1/firm",
        {
            "name": "Arnsley & Beaster LLP",
            "address": ["1200 Harbor Street", "Baltimore, MD 21202"],
            "email": "billing@firm.example",
            "phone": "+1 410 555 0142",
            "reply_to": "office@firm.example",
        },
    ).ok()
    owner = stage.engage()
    attorney = {"name": "Ada Byron", "email": "ada@firm.example"}
    stage.staff.patch(f"/v1/matters/{owner.matter_id}", {"responsible_attorney": attorney}).ok()
    return owner


def as_shown(letter: Letter) -> dict[str, str]:
    """Return a mail as a preview shows it, its token taken for a preview's."""
    message = letter.message()
    return {
        "subject": str(message["Subject"]),
        "from": parseaddr(str(message["From"]))[0],
        "reply_to": str(message["Reply-To"]),
        "html": _body(html_of(message)),
        "text": _body(text_of(message)),
    }


def _body(text: str) -> str:
    """Return a body as it was before the wire, on which each line, the last one too, ends in CR LF."""
    return TOKEN.sub("/l/preview", text).replace("\r\n", "\n")


def named(letter: Letter) -> list[tuple[str, str, int]]:
    return [(one.filename, one.content_type, len(one.content)) for one in attachments_of(letter.message())]


def files_of(stage: Stage, bill: Json, how: dict[str, Any]) -> list[list[bytes]]:
    """Return the files of each message as the use case shows them: the API tells only how large they are."""
    asked = stage.staff.post("/v1/sends/preview", {"bill_ids": [bill["id"]], **how}).ok()
    if not any(message["attachments"] for message in asked["messages"]):
        return [[] for _ in asked["messages"]]
    request = SendRequest((bill["id"],), channels=tuple(map(Channel, how["channels"])))
    found = preview_send(stage.system, firm_id=FIRM, request=request, sender="", now=stage.clock.now())
    return [[one.content for one in message.composed.mail.attachments] for message in found.messages]
