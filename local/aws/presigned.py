"""Checks presigned S3 addresses, which moto takes even when they are expired or tampered with.

https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, unquote
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Mapping

    from local.aws.endpoints import Credentials

_REQUIRED = ("X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders")
_LONGEST_EXPIRY_S = 7 * 24 * 3600
_CLOCK_SKEW = timedelta(minutes=15)


@dataclass(eq=False)
class S3Refusal(Exception):  # noqa: N818 - named as what S3 answers
    """What S3 answers instead of the object: a status and an XML document."""

    status: int
    code: str
    message: str
    details: tuple[tuple[str, str], ...] = ()

    def xml(self) -> bytes:
        """Return the document."""
        parts = [("Code", self.code), ("Message", self.message), *self.details]
        inner = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in parts)
        return f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>{inner}</Error>'.encode()


def check_presigned(
    *,
    method: str,
    raw_path: str,
    raw_query: str,
    headers: Mapping[str, str],
    credentials: Credentials,
    now: datetime,
    signature_age_s: float | None = None,
) -> None:
    """Return when a presigned request is right: its signature, its time, and the bucket's limit on its age.

    Args:
        method: of the request.
        raw_path: the path as it stands in the request line.
        raw_query: the query, likewise.
        headers: by name in lower case.
        credentials: the only keys there are.
        now: the instant that counts.
        signature_age_s: how old the bucket's policy lets a signature become, in seconds.

    Raises:
        S3Refusal: it is not right.
    """
    query = parse_qsl(raw_query, keep_blank_values=True)
    given = dict(query)
    if "AWSAccessKeyId" in given and "Signature" in given:
        raise S3Refusal(
            400,
            "InvalidArgument",
            "Requests specifying Server Side Encryption with AWS KMS managed keys require AWS Signature "
            "Version 4.",
        )
    if any(name not in given for name in _REQUIRED) or "X-Amz-Signature" not in given:
        raise S3Refusal(403, "AccessDenied", "Access Denied")
    signed_at = _instant(given["X-Amz-Date"])
    expires_s = _seconds(given["X-Amz-Expires"])
    access_key, _, scope = given["X-Amz-Credential"].partition("/")
    if access_key != credentials.access_key:
        raise S3Refusal(
            403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records."
        )
    expected = _signature(
        method,
        raw_path,
        query,
        given["X-Amz-SignedHeaders"],
        headers,
        given["X-Amz-Date"],
        scope,
        credentials,
    )
    if now < signed_at - _CLOCK_SKEW:
        raise S3Refusal(403, "AccessDenied", "Request is not valid yet")
    if now > signed_at + timedelta(seconds=expires_s):
        raise S3Refusal(
            403,
            "AccessDenied",
            "Request has expired",
            (
                ("X-Amz-Expires", str(expires_s)),
                ("Expires", _text(signed_at + timedelta(seconds=expires_s))),
                ("ServerTime", _text(now)),
            ),
        )
    if not hmac.compare_digest(expected, given["X-Amz-Signature"]):
        raise S3Refusal(
            403,
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided. Check your key "
            "and signing method.",
        )
    if signature_age_s is not None and now - signed_at > timedelta(seconds=signature_age_s):
        raise S3Refusal(403, "AccessDenied", "Access Denied")


def _signature(
    method: str,
    raw_path: str,
    query: list[tuple[str, str]],
    signed_headers: str,
    headers: Mapping[str, str],
    date: str,
    scope: str,
    credentials: Credentials,
) -> str:
    canonical_query = "&".join(
        f"{name}={value}"
        for name, value in sorted(
            (quote(name, safe="-_.~"), quote(value, safe="-_.~"))
            for name, value in query
            if name != "X-Amz-Signature"
        )
    )
    canonical = "\n".join(
        [
            method,
            quote(unquote(raw_path), safe="/-_.~"),
            canonical_query,
            *(f"{name}:{' '.join(headers.get(name, '').split())}" for name in signed_headers.split(";")),
            "",
            signed_headers,
            headers.get("x-amz-content-sha256", "UNSIGNED-PAYLOAD"),
        ]
    )
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    to_sign = f"AWS4-HMAC-SHA256\n{date}\n{scope}\n{digest}"
    key = f"AWS4{credentials.secret_key}".encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()


def _instant(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise _malformed("X-Amz-Date must be in the ISO8601 Long Format") from error


def _seconds(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise _malformed("X-Amz-Expires should be a number")
    if int(text) > _LONGEST_EXPIRY_S:
        raise _malformed("X-Amz-Expires must be less than a week (in seconds)")
    return int(text)


def _malformed(message: str) -> S3Refusal:
    return S3Refusal(400, "AuthorizationQueryParametersError", message)


def _text(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")
