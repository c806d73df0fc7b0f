"""The name of a saved file: every bill's number makes one, and none makes a header."""

from __future__ import annotations

import email.policy
from email.message import EmailMessage
from email.parser import BytesParser

import pytest

from feenote.api.file_names import attachment
from tests.fakes.naughty_strings import NAUGHTY_STRINGS


def read(header: str) -> str:
    """Return the name that a reader of RFC 6266 finds."""
    message = BytesParser(EmailMessage, policy=email.policy.default).parsebytes(
        f"Content-Disposition: {header}\r\n\r\n".encode("ascii")
    )
    return message.get_filename("")


class TestAFilesName:
    def test_that_is_plain_stands_as_it_is(self) -> None:
        assert attachment("bill-96542-timeline.csv") == 'attachment; filename="bill-96542-timeline.csv"'

    @pytest.mark.parametrize(
        ("name", "header"),
        [
            ("bill-2026/7-timeline.csv", 'attachment; filename="bill-2026-7-timeline.csv"'),
            (
                "bill-№ 7-timeline.csv",
                (
                    'attachment; filename="bill-No-7-timeline.csv"; '
                    "filename*=UTF-8''bill-%E2%84%96%207-timeline.csv"
                ),
            ),
            (
                "bill-Zürich-timeline.csv",
                (
                    'attachment; filename="bill-Zurich-timeline.csv"; '
                    "filename*=UTF-8''bill-Z%C3%BCrich-timeline.csv"
                ),
            ),
        ],
    )
    def test_that_is_not_is_told_twice(self, name: str, header: str) -> None:
        assert attachment(name) == header

    @pytest.mark.parametrize("text", NAUGHTY_STRINGS)
    def test_holds_nothing_that_ends_the_header_or_leaves_the_folder(self, text: str) -> None:
        header = attachment(f"bill-{text}-timeline.csv")

        assert header.isascii()
        assert header.isprintable()
        assert len(header) < 1_500
        name = read(header)
        assert name.endswith(".csv")
        assert not set(name) & set('/\\:*?"<>|\r\n\0')
        assert all(character.isprintable() or character.isspace() for character in name)
