"""Which email addresses are taken; requests, imported files and mails all ask here."""

from __future__ import annotations

import pytest

from feenote.domain.addresses import comparable, is_email, is_local_part


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
            "=?utf-8?q?boss=40bank.example=3E?=@example.com",
            "=?UTF-8?B?PHNjcmlwdD4=?=@example.com",
        ],
    )
    def test_is_none(self, text: str) -> None:
        assert not is_email(text)

    def test_has_at_most_64_characters_before_the_at_sign(self) -> None:
        assert is_local_part("a" * 64)
        assert not is_local_part("a" * 65)


class TestTwoWaysToWriteAnAddress:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("ann@b.example", "<ANN@B.Example>"),
            ("ann@b.example", "Ann Bell <ann@b.example>"),
            ("ann@bücher.example", "ann@xn--bcher-kva.example"),
            ("ann@straße.example", "ann@XN--strae-oqa.example"),
        ],
    )
    def test_are_comparable(self, one: str, other: str) -> None:
        assert comparable(one) == comparable(other)

    @pytest.mark.parametrize(
        "other", ["bo@b.example", "ann@c.example", "ann@b.example.evil", "", "xn--@", "a@xn--\xfc"]
    )
    def test_of_two_people_are_not(self, other: str) -> None:
        assert comparable("ann@b.example") != comparable(other)
