"""What goes along with a mail: the arithmetic held against the real encoder."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feenote.adapters.mime import compose
from feenote.adapters.ses import MAX_MESSAGE_BYTES
from feenote.domain.attachments import ROOM_FOR_THE_REST_BYTES, SES_LIMIT_BYTES, encoded_size, fits
from feenote.service.ports import Attachment
from tests.unit.adapters.test_mime import mail

FIRM = "bills@firm.example"


def sent_size(*files: bytes, html: str = "<p>Dear Ann</p>") -> int:
    """Return how many bytes a mail with these files has on the wire."""
    attachments = tuple(Attachment("bill.pdf", "application/pdf", file) for file in files)
    return len(compose(mail(attachments=attachments, html=html), from_address=FIRM))


class TestAFilesSizeInAMail:
    @given(st.integers(0, 5_000))
    def test_is_what_the_encoder_makes_of_it(self, size: int) -> None:
        assert sent_size(b"\xff" * size) - sent_size(b"") == encoded_size(size)

    @pytest.mark.parametrize("size", [0, 1, 2, 3, 56, 57, 58, 113, 114, 115, 7_000_000])
    def test_is_so_at_the_ends_of_lines_too(self, size: int) -> None:
        assert sent_size(b"\xff" * size) - sent_size(b"") == encoded_size(size)

    def test_is_not_asked_of_a_negative_one(self) -> None:
        with pytest.raises(ValueError, match="negative"):
            encoded_size(-1)


class TestWhatFits:
    def test_is_below_the_limit_of_ses_with_room_for_the_largest_body(self) -> None:
        largest = next(size for size in range(29_000_000, 28_000_000, -1_000) if fits(size))
        # A hundred thousand characters that each take nine bytes.
        html = "€" * 100_000

        assert sent_size(b"\xff" * largest, html=html) < MAX_MESSAGE_BYTES == SES_LIMIT_BYTES
        assert not fits(largest + 1_000)

    def test_leaves_room_for_several_files_of_the_same_size_together(self) -> None:
        files = [b"\xff" * 1_001] * 20

        assert sent_size(*files) <= encoded_size(20 * 1_001) + ROOM_FOR_THE_REST_BYTES

    def test_is_what_the_limit_says(self) -> None:
        edge = encoded_size(1_000) + ROOM_FOR_THE_REST_BYTES

        assert fits(1_000, edge)
        assert not fits(1_000, edge - 1)
