"""What fields take, and what they refuse."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from feenote.api import fields
from feenote.api.fields import MoneyField, instant_text
from feenote.domain.currencies import DIGITS
from feenote.domain.money import MAX_MINOR, Money


def takes(field: Any, value: Any) -> bool:
    try:
        TypeAdapter(field).validate_python(value)
    except ValidationError:
        return False
    return True


class TestAnAddress:
    @pytest.mark.parametrize(
        "text",
        [
            "maria@example.com",
            "m.o'duya+bills@sub.example.co.uk",
            "x@xn--bcher-kva.example",
            "a@b.xn--p1ai",
            f"{'a' * 64}@example.com",
            "1_{}@example.museum",
        ],
    )
    def test_is_taken(self, text: str) -> None:
        assert takes(fields.Email, text)

    @pytest.mark.parametrize(
        "text",
        [
            "", "@", "a@", "@example.com", "a@b", "a b@example.com", "a@example..com", ".a@example.com",
            "a.@example.com", "a@-example.com", "a@example-.com", "a@example.c", "a@example.123",
            "a@@example.com",
            "a@exam_ple.com", '"a b"@example.com', "a@[127.0.0.1]", "ä@example.com", "a@exämple.com",
            "a@example.com\n", "a@example.com\x00", "A <a@example.com>", "a@example.com,b@example.com",
            f"a@{'b' * 64}.com", f"a@{'b.' * 130}com", "a@example.com ", "mailto:a@example.com",
        ],
    )  # fmt: skip
    def test_is_refused(self, text: str) -> None:
        assert not takes(fields.Email, text)

    @given(st.text(max_size=40))
    def test_that_is_taken_can_stand_in_a_header(self, text: str) -> None:
        if takes(fields.Email, text):
            assert text.isascii()
            assert text.isprintable()
            assert text.count("@") == 1
            assert not set(text) & set(' ,;:<>"()[]\\')


class TestATimeZone:
    @pytest.mark.parametrize(
        "text", ["UTC", "Europe/London", "America/Argentina/Ushuaia", "Etc/GMT+5", "Asia/Kolkata"]
    )
    def test_is_taken(self, text: str) -> None:
        assert takes(fields.TimeZone, text)

    @pytest.mark.parametrize(
        "text",
        ["", "America", "Europe/Atlantis", "/etc/passwd", "../UTC", "posix/UTC", "right/UTC", "localtime",
         "posixrules", "Factory", "Europe/London\x00", "GMT+1:00", "a" * 90, "Europe//London", "zone.tab"],
    )  # fmt: skip
    def test_is_refused(self, text: str) -> None:
        assert not takes(fields.TimeZone, text)


class TestALanguage:
    @pytest.mark.parametrize(
        "text", ["en", "en-GB", "zh-Hant-TW", "es-419", "sl-rozaj", "de-CH-1996", "en-x-firm", "yue"]
    )
    def test_is_taken(self, text: str) -> None:
        assert takes(fields.Language, text)

    @pytest.mark.parametrize(
        "text", ["", "e", "english", "en_GB", "en-", "-en", "en-GB-", "12", "en GB", "en\n", "x" * 40]
    )
    def test_is_refused(self, text: str) -> None:
        assert not takes(fields.Language, text)


class TestAWebAddress:
    @pytest.mark.parametrize(
        "text", ["", "https://firm.example", "http://firm.example:8080/a?b=c#d", "https://firm.example/ä"]
    )
    def test_is_taken(self, text: str) -> None:
        assert takes(fields.WebAddress, text)

    @pytest.mark.parametrize(
        "text",
        ["javascript:alert(1)", "data:text/html,x", "//firm.example", "firm.example", "https://",
         "https://a b", "https://user:secret@firm.example", "https://firm.example:99999", "https://[::1", "https://x\n",
         "ftp://x.y"],
    )  # fmt: skip
    def test_is_refused(self, text: str) -> None:
        assert not takes(fields.WebAddress, text)


class TestMoney:
    @given(st.integers(-MAX_MINOR, MAX_MINOR), st.sampled_from(sorted(DIGITS)))
    def test_comes_back_as_it_went(self, minor: int, currency: str) -> None:
        amount = Money(minor, currency)

        text = MoneyField.of(amount).model_dump_json()

        assert MoneyField.model_validate_json(text).to_domain() == amount

    @pytest.mark.parametrize(
        "text",
        ["10.005", '{"minor":10.0,"currency":"USD"}', '{"minor":"10","currency":"USD"}',
         '{"minor":true,"currency":"USD"}', '{"minor":10}', '{"minor":10,"currency":"usd"}',
         '{"minor":10,"currency":"EURO"}', '{"minor":1e2,"currency":"USD"}',
         '{"minor":10,"currency":"USD","x":1}', '{"minor":9007199254740992,"currency":"USD"}', "null", "[]"],
    )  # fmt: skip
    def test_is_refused(self, text: str) -> None:
        with pytest.raises(ValidationError):
            MoneyField.model_validate_json(text)


class TestADecimal:
    @pytest.mark.parametrize(
        ("text", "value"),
        [("0.20", "0.20"), ("-1", "-1"), ("+2.5", "2.5"), (".5", "0.5"), ("0.000001", "0.000001")],
    )
    def test_is_read_exactly_and_never_written_with_an_exponent(self, text: str, value: str) -> None:
        adapter = TypeAdapter[Decimal](fields.DecimalText)

        assert adapter.dump_json(adapter.validate_python(text)).decode() == f'"{value}"'

    @pytest.mark.parametrize(
        "value", [0.2, 1, True, None, "", "1,5", "1e5", "Infinity", "NaN", "0.0000001", "٣", "1" * 30]
    )
    def test_is_refused(self, value: Any) -> None:
        assert not takes(fields.DecimalText, value)


class TestAnInstant:
    def test_is_written_in_utc_with_milliseconds(self) -> None:
        instant = datetime.fromisoformat("2026-11-22T04:00:00.123456-05:00")

        assert instant_text(instant) == "2026-11-22T09:00:00.123Z"
        assert instant_text(datetime(2026, 11, 22, 9, tzinfo=UTC)) == "2026-11-22T09:00:00.000Z"


class TestAnId:
    @given(st.text(max_size=120))
    def test_never_holds_what_a_key_is_made_with(self, text: str) -> None:
        if takes(fields.Id, text):
            assert text.replace("_", "").replace("-", "").isalnum() or set(text) <= {"_", "-"}
            assert text.isascii()
            assert 1 <= len(text) <= 100
