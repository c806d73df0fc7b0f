"""A large PDF in a mail: whole in the message that leaves, and the message below what SES takes."""

from __future__ import annotations

import random

import pytest

from feenote.domain.attachments import SES_LIMIT_BYTES, fits
from feenote.domain.documents import BillDocument, ReceiptDocument, StatementDocument
from local.mail.letters import attachments_of
from tests.cases.stage import Stage


class LargeFiles:
    """A renderer whose files have a size, and bytes that no encoding makes smaller."""

    def __init__(self, size: int) -> None:
        self.content = b"%PDF-1.7\n" + random.Random(size).randbytes(size - 9)

    def render_bill(self, document: BillDocument) -> bytes:
        return self.content

    def render_statement(self, document: StatementDocument) -> bytes:
        return self.content

    def render_receipt(self, document: ReceiptDocument) -> bytes:
        return self.content


@pytest.mark.parametrize(("limit", "size"), [(7_000_000, 7_000_000), (25_000_000, 25_000_000)])
class TestAFileOfTheFirmsLimit:
    def test_goes_along_whole_in_a_message_that_ses_takes(self, stage: Stage, limit: int, size: int) -> None:
        stage.staff.patch("/v1/firm", {"settings": {"attachment_limit_bytes": limit}}).ok()
        files = LargeFiles(size)
        stage.system.renderer = files

        stage.sent(stage.bill(), channels=["link", "attachment"])

        (letter,) = stage.mail.letters
        ((attached),) = attachments_of(letter.message())
        assert attached.content == files.content
        assert len(letter.raw) < SES_LIMIT_BYTES
        assert fits(size)

    def test_and_a_byte_more_is_left_out_with_a_word_to_the_sender(
        self, stage: Stage, limit: int, size: int
    ) -> None:
        stage.staff.patch("/v1/firm", {"settings": {"attachment_limit_bytes": limit}}).ok()
        stage.system.renderer = LargeFiles(size + 1)

        stage.sent(bill := stage.bill(), channels=["attachment"])

        (letter,) = stage.mail.letters
        (delivery,) = stage.deliveries(bill)
        assert attachments_of(letter.message()) == []
        assert delivery.attachment_left_out != ""


class TestTheFirmsLimit:
    def test_is_never_so_high_that_a_message_would_be_refused(self, stage: Stage) -> None:
        refused = stage.staff.patch("/v1/firm", {"settings": {"attachment_limit_bytes": 25_000_001}})

        assert refused.fields(400) == ["settings.attachment_limit_bytes"]
        assert fits(25_000_000)
        assert not fits(30_000_000)
