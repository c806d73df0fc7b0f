"""A mail's bytes: whole for every reader, and nothing slips into its headers."""

from __future__ import annotations

import email
from datetime import UTC, datetime
from email import policy
from email.header import decode_header, make_header
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feenote.adapters.mime import ascii_address, compose
from feenote.service.ports import Attachment, MailRefusedError, OutgoingMail

PDF = Attachment("Bill 96542.pdf", "application/pdf", b"%PDF-1.7 \x00\xff")


def mail(
    *,
    subject: str = "Bill 96542",
    text: str = "Dear Ann",
    html: str = "<p>Dear Ann</p>",
    to_address: str = "ann@example.com",
    to_name: str = "Ann Bell",
    from_name: str = "Hale & Dorn LLP",
    reply_to: str = "ruth@firm.example",
    attachments: tuple[Attachment, ...] = (),
) -> OutgoingMail:
    return OutgoingMail(
        from_name=from_name,
        to_address=to_address,
        to_name=to_name,
        reply_to=reply_to,
        subject=subject,
        html=html,
        text=text,
        message_date=datetime(2026, 11, 23, 9, 0, tzinfo=UTC),
        tags={"delivery_id": "dlv_1"},
        attachments=attachments,
    )


def read(message: OutgoingMail) -> EmailMessage:
    parsed = email.message_from_bytes(
        compose(message, from_address="bills@mail.firm.example"), policy=policy.default
    )
    assert isinstance(parsed, EmailMessage)
    return parsed


class TestAMessage:
    def test_says_who_writes_to_whom_about_what_and_when(self) -> None:
        message = read(mail())

        assert message["From"] == '"Hale & Dorn LLP" <bills@mail.firm.example>' or (
            message["From"] == "Hale & Dorn LLP <bills@mail.firm.example>"
        )
        assert message["To"] == "Ann Bell <ann@example.com>"
        assert message["Reply-To"] == "ruth@firm.example"
        assert message["Subject"] == "Bill 96542"
        assert message["Date"] == "Mon, 23 Nov 2026 09:00:00 +0000"
        assert message["Auto-Submitted"] == "auto-generated"
        assert message["MIME-Version"] == "1.0"

    def test_has_text_and_html_as_alternatives(self) -> None:
        message = read(mail())

        assert message.get_content_type() == "multipart/alternative"
        assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]

    def test_has_its_files_beside_them(self) -> None:
        message = read(mail(attachments=(PDF,)))

        assert message.get_content_type() == "multipart/mixed"
        alternatives, attached = message.iter_parts()
        assert isinstance(attached, EmailMessage)
        assert alternatives.get_content_type() == "multipart/alternative"
        assert attached.get_content() == PDF.content
        assert (attached.get_content_type(), attached.get_filename()) == ("application/pdf", "Bill 96542.pdf")
        assert attached.is_attachment()

    @pytest.mark.parametrize(
        "name",
        ["Müller & Söhne", "山田 太郎", "שָׁלוֹם", 'O\'Neill, "Bob" <x@evil.example>', "a" * 300],
    )
    def test_shows_names_and_subjects_of_any_script(self, name: str) -> None:
        message = read(mail(from_name=name, to_name=name, subject=name))

        assert message["From"].addresses[0].display_name == name
        assert message["To"].addresses[0].display_name == name
        assert message["To"].addresses[0].addr_spec == "ann@example.com"
        assert len(message["To"].addresses) == 1
        assert message["Subject"] == name

    def test_shows_a_name_that_takes_several_encoded_words_without_gaps(self) -> None:
        raw = compose(mail(to_name="😀" * 60), from_address="bills@firm.example")

        # The older reader of headers: the newer one puts spaces between encoded words, against RFC 2047.
        to = email.message_from_bytes(raw, policy=policy.compat32)["To"]
        assert str(make_header(decode_header(to))) == "😀" * 60 + " <ann@example.com>"

    @given(
        st.text(st.characters(blacklist_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=200).map(
            lambda text: f"x{text.strip()}x"
        )
    )
    def test_never_grows_a_header_or_an_address_out_of_a_name(self, name: str) -> None:
        raw = compose(mail(from_name=name, to_name=name, subject=name), from_address="bills@firm.example")
        message = email.message_from_bytes(raw, policy=policy.default)

        assert {key.lower() for key in message} == {
            "from", "to", "reply-to", "subject", "date", "auto-submitted", "mime-version", "content-type",
        }  # fmt: skip
        assert [address.addr_spec for address in message["To"].addresses] == ["ann@example.com"]
        assert max(len(line) for line in raw.split(b"\r\n")) <= 998

    def test_keeps_lines_short_however_long_a_word_is(self) -> None:
        raw = compose(mail(text="x" * 5000, html="ü" * 5000), from_address="bills@firm.example")

        assert max(len(line) for line in raw.split(b"\r\n")) <= 998
        assert b"\n" not in raw.replace(b"\r\n", b"")

    def test_puts_a_question_mark_for_half_a_character_in_a_text(self) -> None:
        part = read(mail(text="half \ud800")).get_body(("plain",))

        assert part is not None
        assert part.get_content().strip() == "half ?"


class TestALongSubject:
    @pytest.mark.parametrize("length", range(60, 90))
    def test_has_no_space_before_its_first_word(self, length: int) -> None:
        subject = f"Bill 10450 from Arnsley & Beaster LLP: {'x' * (length - 39)}"

        assert read(mail(subject=subject))["Subject"] == subject


class TestALineEnd:
    @pytest.mark.parametrize(
        "end", ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\0"]
    )
    @pytest.mark.parametrize("field", ["subject", "from_name", "to_name", "to_address", "reply_to"])
    def test_is_refused_in_every_header(self, field: str, end: str) -> None:
        value = f"ann@example.com{end}Bcc: eve@evil.example"

        with pytest.raises(MailRefusedError):
            compose(mail(**{field: value}), from_address="bills@firm.example")  # type: ignore[arg-type] # by name

    def test_is_refused_in_a_files_name(self) -> None:
        file = Attachment("a.pdf\r\nX: y", "application/pdf", b"")

        with pytest.raises(MailRefusedError, match="attachment"):
            compose(mail(attachments=(file,)), from_address="bills@firm.example")

    def test_is_refused_in_a_files_type(self) -> None:
        file = Attachment("a.pdf", "application/pdf\r\nX: y", b"")

        with pytest.raises(MailRefusedError, match="content type"):
            compose(mail(attachments=(file,)), from_address="bills@firm.example")


class TestAnAddress:
    @pytest.mark.parametrize(
        ("address", "sent"),
        [
            ("ann@example.com", "ann@example.com"),
            ("ann.o'neill+bills@example.co.uk", "ann.o'neill+bills@example.co.uk"),
            ("ann@bücher.example", "ann@xn--bcher-kva.example"),
            ("ann@straße.example", "ann@xn--strae-oqa.example"),
            ("ann@例え.テスト", "ann@xn--r8jz45g.xn--zckzah"),
        ],
    )
    def test_has_its_domain_in_ascii(self, address: str, sent: str) -> None:
        assert ascii_address("to", address) == sent

    @pytest.mark.parametrize(
        "address",
        [
            "", "ann", "@example.com", "ann@", "ann@example", "a b@example.com", "ann@exa mple.com",
            "ann@@example.com", ".ann@example.com", "ann.@example.com", "a" * 65 + "@example.com",
            "ann@" + "a" * 64 + ".com", "ann@example..com", "<ann@example.com>", "ann@[127.0.0.1]",
            "ann@example.com, eve@evil.example", '"a b"@example.com', "änn@example.com", "ann@-example.com",
        ],
    )  # fmt: skip
    def test_that_cannot_be_written_to_is_refused(self, address: str) -> None:
        with pytest.raises(MailRefusedError, match="to:"):
            ascii_address("to", address)
