"""Mails to several people, mails that one click ends, and what tries to get into their headers."""

from __future__ import annotations

import email
from dataclasses import replace
from email import policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any

import pytest

from feenote.adapters.mime import compose
from feenote.service.ports import Attachment, MailRefusedError, OutgoingMail
from tests.fakes.naughty_strings import NAUGHTY_STRINGS
from tests.unit.adapters.test_mime import mail

FIRM = "bills@firm.example"
URL = "https://pay.firm.example/u/" + "aB3_-" * 40 + "?via=mail&lang=de"
HEADERS = {
    "from", "to", "reply-to", "subject", "date", "auto-submitted", "mime-version", "content-type",
}  # fmt: skip
PARTS = {"content-transfer-encoding", "content-disposition"}
TO_THREE = replace(mail(), also_to=(("Bo Reed", "bo@example.com"), ("", "cy@bücher.example")))


def read(message: OutgoingMail) -> EmailMessage:
    parsed = email.message_from_bytes(compose(message, from_address=FIRM), policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


class TestAMailToSeveral:
    def test_shows_all_of_them_to_each(self) -> None:
        to = read(TO_THREE)["To"].addresses

        assert [(address.display_name, address.addr_spec) for address in to] == [
            ("Ann Bell", "ann@example.com"),
            ("Bo Reed", "bo@example.com"),
            ("", "cy@xn--bcher-kva.example"),
        ]
        assert len(read(TO_THREE).get_all("To", [])) == 1

    def test_has_short_lines_with_fifty_of_them(self) -> None:
        many = tuple((f"Näme {number} of a long name" * 3, f"p{number}@example.com") for number in range(49))

        raw = compose(replace(mail(), also_to=many), from_address=FIRM)

        assert max(len(line) for line in raw.split(b"\r\n")) <= 998
        assert len(email.message_from_bytes(raw, policy=policy.default)["To"].addresses) == 50

    @pytest.mark.parametrize("address", ["", "bo", "bo@example.com, eve@evil.example", "bö@example.com"])
    def test_is_refused_where_one_cannot_be_written_to(self, address: str) -> None:
        with pytest.raises(MailRefusedError, match="also_to:"):
            compose(replace(mail(), also_to=(("Bo", address),)), from_address=FIRM)


class TestAMailThatOneClickEnds:
    def test_says_where_whole_on_one_line_as_rfc_8058_wants_it(self) -> None:
        raw = compose(replace(mail(), unsubscribe_url=URL), from_address=FIRM)

        head = raw.partition(b"\r\n\r\n")[0].decode("ascii").split("\r\n")
        assert f"List-Unsubscribe: <{URL}>" in head
        assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in head

    @pytest.mark.parametrize(
        "url",
        [
            "http://127.0.0.1:4000/l/abc/stop",
            "http://localhost:4000/l/abc/stop",
            "http://localhost/l/abc/stop",
            "https://pay.firm.example:8443/l/abc/stop",
        ],
    )
    def test_says_so_on_one_machine_too(self, url: str) -> None:
        raw = compose(replace(mail(), unsubscribe_url=url), from_address=FIRM)

        head = raw.partition(b"\r\n\r\n")[0].decode("ascii").split("\r\n")
        assert f"List-Unsubscribe: <{url}>" in head
        assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in head

    def test_is_otherwise_the_same(self) -> None:
        message = read(
            replace(mail(attachments=(Attachment("a.pdf", "application/pdf", b"x"),)), unsubscribe_url=URL)
        )

        assert {name.lower() for name in message} == HEADERS | {"list-unsubscribe", "list-unsubscribe-post"}
        assert message.get_content_type() == "multipart/mixed"

    def test_says_nothing_of_it_where_there_is_nothing_to_end(self) -> None:
        assert {name.lower() for name in read(mail())} == HEADERS

    @pytest.mark.parametrize(
        "url",
        [
            "http://pay.firm.example/u/1",
            "http://127.0.0.2/u/1",
            "http://127.0.0.1.evil.example/u/1",
            "http://localhost.evil.example/u/1",
            "http://localhost@evil.example/u/1",
            "http://localhost:port/u/1",
            "mailto:stop@firm.example",
            "HTTPS://pay.firm.example/u/1",
            "https://",
            "https:///u/1",
            "https://-a.example/",
            "https://user@firm.example/",
            "https://pay.firm.example/u/1\r\nBcc: eve@evil.example",
            "https://pay.firm.example/u/1\n",
            "https://pay.firm.example/u/1>, <https://evil.example",
            "https://pay.firm.example/<u>",
            "https://pay.firm.example/u 1",
            "https://pay.firm.example/ü",
            'https://pay.firm.example/"',
            "https://pay.firm.example/\u2028",
            "https://pay.firm.example/" + "a" * 1_000,
            "javascript:alert(1)",
            "https://pay.firm.example/u?x==?UTF-8?Q?=0D=0ABcc:_x?=",
        ],
    )
    def test_is_refused_with_what_is_no_https_address(self, url: str) -> None:
        with pytest.raises(MailRefusedError, match="unsubscribe_url"):
            compose(replace(mail(), unsubscribe_url=url), from_address=FIRM)


FIELDS: dict[str, Any] = {
    "from_name": lambda text: replace(mail(), from_name=text),
    "to_name": lambda text: replace(mail(), to_name=text),
    "also_to name": lambda text: replace(mail(), also_to=((text, "bo@example.com"),)),
    "subject": lambda text: replace(mail(), subject=text),
    "file's name": lambda text: replace(mail(), attachments=(Attachment(text, "application/pdf", b"x"),)),
}
PLACES: dict[str, Any] = {
    "to_address": lambda text: replace(mail(), to_address=text),
    "also_to": lambda text: replace(mail(), also_to=(("Bo", text),)),
    "reply_to": lambda text: replace(mail(), reply_to=text),
    "unsubscribe_url": lambda text: replace(mail(), unsubscribe_url=text),
    "unsubscribe_url's end": lambda text: replace(mail(), unsubscribe_url=f"https://a.example/{text}"),
}


class TestANaughtyString:
    @pytest.mark.parametrize("field", FIELDS)
    def test_in_a_name_or_a_subject_is_refused_or_stays_there(self, field: str) -> None:
        passed = 0
        for text in NAUGHTY_STRINGS:
            try:
                message = read(FIELDS[field](text))
            except MailRefusedError:
                continue
            passed += 1
            assert {name.lower() for name in message} == HEADERS, text
            recipients = ["ann@example.com", "bo@example.com"] if "also_to" in field else ["ann@example.com"]
            assert [address.addr_spec for address in message["To"].addresses] == recipients, text
            assert [address.addr_spec for address in message["From"].addresses] == [FIRM], text
            for part in message.walk():
                assert {name.lower() for name in part} <= HEADERS | PARTS, text
        assert passed > len(NAUGHTY_STRINGS) * 2 // 3

    @pytest.mark.parametrize("field", PLACES)
    def test_in_an_address_is_refused_or_stays_there(self, field: str) -> None:
        for text in NAUGHTY_STRINGS:
            try:
                message = read(PLACES[field](text))
            except MailRefusedError:
                continue
            known = HEADERS | {"list-unsubscribe", "list-unsubscribe-post"}
            assert {name.lower() for name in message} <= known, text
            assert len(message["To"].addresses) <= 2, text
            assert "\n" not in message.get("List-Unsubscribe", ""), text

    @pytest.mark.parametrize("field", [*FIELDS, *PLACES])
    @pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\0"])
    def test_with_a_line_end_is_refused_everywhere(self, field: str, end: str) -> None:
        make = {**FIELDS, **PLACES}[field]

        with pytest.raises(MailRefusedError):
            compose(make(f"bo@example.com{end}Bcc: eve@evil.example"), from_address=FIRM)

    def test_as_a_files_name_is_decoded_by_nobody(self) -> None:
        (file,) = read(FIELDS["file's name"]("=?UTF-8?Q?=0D=0ABcc:_x?=.pdf")).iter_attachments()

        assert file.get_filename() == "=UTF-8?Q?=0D=0ABcc:_x?=.pdf"

    def test_that_looks_encoded_is_shown_as_it_was_written(self) -> None:
        text = "=?UTF-8?Q?=0D=0ABcc:_eve=40evil.example?="

        raw = compose(replace(mail(), subject=text, to_name=text), from_address=FIRM)

        message = email.message_from_bytes(raw, policy=policy.compat32)
        assert "bcc" not in message
        assert str(make_header(decode_header(message["Subject"]))) == text
        assert str(make_header(decode_header(message["To"]))) == f"{text} <ann@example.com>"

    @pytest.mark.parametrize(
        "text", [text for text in NAUGHTY_STRINGS if text.isprintable() and len(text) < 900]
    )
    def test_is_read_back_as_it_was_written(self, text: str) -> None:
        raw = compose(replace(mail(), subject=text, to_name=text), from_address=FIRM)

        message = email.message_from_bytes(raw, policy=policy.compat32)
        assert str(make_header(decode_header(_unfolded(message["Subject"])))) == text
        name, address = parseaddr(_unfolded(message["To"]))
        assert address == "ann@example.com"
        assert str(make_header(decode_header(name))) == text


def _unfolded(value: str) -> str:
    return value.replace("\r\n", "").replace("\n", "")
