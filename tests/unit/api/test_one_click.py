"""What counts as the press of a mail program's own button (RFC 8058), in whatever form it comes."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feenote.api.link_reminders import LARGEST_FORM, is_one_click

FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data; boundary=b"


def posted(body: bytes, content_type: str | None = FORM) -> dict[str, Any]:
    headers = {} if content_type is None else {"content-type": content_type}
    return {"body": base64.b64encode(body).decode(), "isBase64Encoded": True, "headers": headers}


def part(name: str, value: str, more: str = "") -> bytes:
    disposition = f"Content-Disposition: form-data; name={name}{more}"
    return f"--b\r\n{disposition}\r\n\r\n{value}\r\n".encode()


class TestOneClick:
    @pytest.mark.parametrize(
        ("body", "content_type"),
        [
            (b"List-Unsubscribe=One-Click", FORM),
            (b"List-Unsubscribe=One-Click", None),
            (b"List-Unsubscribe=One-Click\r\n", "application/x-www-form-urlencoded; charset=UTF-8"),
            (b"list-unsubscribe=ONE-CLICK&other=1", FORM),
            (b"other=&List%2DUnsubscribe=One%2DClick", FORM),
            (part('"List-Unsubscribe"', "One-Click") + b"--b--", PARTS),
            (part("List-Unsubscribe", "One-Click") + b"--b--\r\n", PARTS.upper().replace("=B", "=b")),
            (part('"x"', "y") + part('"List-Unsubscribe"', "One-Click") + b"--b--", PARTS),
            (part('"List-Unsubscribe"', "One-Click", "\r\nContent-Type: text/plain") + b"--b--", PARTS),
            (part('"List-Unsubscribe"', "One-Click"), PARTS),
        ],
    )
    def test_is_known_however_it_is_written(self, body: bytes, content_type: str | None) -> None:
        assert is_one_click(posted(body, content_type))

    @pytest.mark.parametrize(
        ("body", "content_type"),
        [
            (b"", FORM),
            (b"List-Unsubscribe", FORM),
            (b"List-Unsubscribe=no", FORM),
            (b"One-Click=List-Unsubscribe", FORM),
            (b"x=List-Unsubscribe%3DOne-Click", FORM),
            (part('"List-Unsubscribe"', "One-Click") + b"--b--", FORM),
            (part('"List-Unsubscribe"', "One-Click"), "multipart/form-data; boundary=other"),
            (part('"List-Unsubscribe"', "One-Click"), "multipart/form-data"),
            (part('"x"', "One-Click") + b"--b--", PARTS),
            (b"List-Unsubscribe=One-Click&x=" + b"x" * LARGEST_FORM, FORM),
        ],
    )
    def test_is_nothing_else(self, body: bytes, content_type: str) -> None:
        assert not is_one_click(posted(body, content_type))

    @given(body=st.binary(max_size=400), content_type=st.sampled_from([FORM, PARTS, "multipart/form-data"]))
    def test_is_never_a_reason_to_fail(self, body: bytes, content_type: str) -> None:
        assert not is_one_click(posted(body, content_type))

    @given(
        lines=st.lists(
            st.sampled_from(
                [
                    "--b",
                    "--b--",
                    "",
                    "One-Click",
                    "Content-Type: multipart/mixed; boundary=b",
                    "Content-Type: message/rfc822",
                    "Content-Transfer-Encoding: base64",
                    "Content-Transfer-Encoding: x-uuencode",
                    "begin 666 x",
                    "Content-Disposition: form-data; name*0*=us-ascii'en'x; name*1=y",
                    "Content-Disposition: form-data; name",
                    "Content-Disposition: ;;=;",
                    " folded",
                ]
            ),
            max_size=80,
        ),
        content_type=st.text(max_size=40),
    )
    def test_neither_are_parts_of_any_kind(self, lines: list[str], content_type: str) -> None:
        body = "\r\n".join(lines).encode()

        assert not is_one_click(posted(body, PARTS))
        assert not is_one_click(posted(body, f"multipart/form-data{content_type}"))

    def test_parts_within_parts_are_no_trap(self) -> None:
        nested = b"--b\nContent-Type:multipart/a;boundary=b\n\n"
        body = (nested * (LARGEST_FORM // len(nested)))[:LARGEST_FORM]

        assert not is_one_click(posted(body, PARTS))
