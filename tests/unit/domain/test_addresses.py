"""Which email addresses are taken; requests, imported files and mails all ask here."""

from __future__ import annotations

import pytest

from feenote.domain.addresses import is_email, is_local_part


class TestAnAddress:
    @pytest.mark.parametrize(
        "text", ["maria@example.com", "m.o'duya+bills@sub.example.co.uk", f"{'a' * 64}@example.xn--p1ai"]
    )
    def test_is_one(self, text: str) -> None:
        assert is_email(text)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "@",
            "maria",
            "@example.com",
            "maria@",
            "maria@example",
            "maria@example.c",
            "maria@-a.example",
            "a..b@example.com",
            ".a@example.com",
            "maria@exämple.com",
            "Maria <maria@example.com>",
            "a@b@example.com",
            f"{'a' * 65}@example.com",
            f"a@{'b' * 63}.{'c' * 63}.{'d' * 63}.{'e' * 63}.example",
            "maria@example.com\n",
        ],
    )
    def test_is_none(self, text: str) -> None:
        assert not is_email(text)

    def test_has_at_most_64_characters_before_the_at_sign(self) -> None:
        assert is_local_part("a" * 64)
        assert not is_local_part("a" * 65)
