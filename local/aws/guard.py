"""The guard: S3 as it is to strangers and late comers, and mail, which moto does not keep whole."""

from __future__ import annotations

import http.client
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from local.aws.presigned import S3Refusal, check_presigned

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from local.aws.endpoints import Credentials

_MAIL_PREFIX = "/v2/email/"
_SIGNED_IN_HEADER = re.compile(r"AWS4-HMAC-SHA256 Credential=([^/]+)/")
_NOT_FORWARDED = frozenset({"connection", "expect", "transfer-encoding", "keep-alive"})


class Guard:
    """A WSGI application between functions (or a browser) and moto's S3, the mail service beside it."""

    def __init__(
        self,
        *,
        moto_url: str,
        credentials: Credentials,
        now: Callable[[], datetime],
        mail: WSGIApplication,
        signature_age_s: Mapping[str, float],
    ) -> None:
        """Pass S3 on to `moto_url`; `signature_age_s` holds the limits of bucket policies, by bucket."""
        self._moto = urlsplit(moto_url)
        self._credentials = credentials
        self._now = now
        self._mail = mail
        self._signature_age_s = signature_age_s

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        if environ["PATH_INFO"].startswith(_MAIL_PREFIX):
            return self._mail(environ, start_response)
        try:
            self._check(environ)
        except S3Refusal as refusal:
            start_response(f"{refusal.status} Refused", [("Content-Type", "application/xml")])
            return [refusal.xml()]
        return self._forward(environ, start_response)

    def _check(self, environ: WSGIEnvironment) -> None:
        in_header = _SIGNED_IN_HEADER.match(environ.get("HTTP_AUTHORIZATION", ""))
        if in_header is not None:
            # The project's own processes, which hold the keys: nothing to find out by computing it again.
            if in_header.group(1) != self._credentials.access_key:
                raise S3Refusal(403, "InvalidAccessKeyId", "The AWS Access Key Id does not exist.")
            return
        raw_path = environ["REQUEST_URI"].partition("?")[0]
        check_presigned(
            method=environ["REQUEST_METHOD"],
            raw_path=raw_path,
            raw_query=environ["QUERY_STRING"],
            headers=_headers(environ),
            credentials=self._credentials,
            now=self._now(),
            signature_age_s=self._signature_age_s.get(raw_path.split("/")[1]),
        )

    def _forward(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        body = environ["wsgi.input"].read()
        headers = {name: value for name, value in _headers(environ).items() if name not in _NOT_FORWARDED}
        headers["content-length"] = str(len(body))
        connection = http.client.HTTPConnection(self._moto.hostname or "", self._moto.port, timeout=30)
        try:
            connection.request(environ["REQUEST_METHOD"], environ["REQUEST_URI"], body, headers)
            answer = connection.getresponse()
            payload = answer.read()
        finally:
            connection.close()
        start_response(
            f"{answer.status} {answer.reason}",
            [(name, value) for name, value in answer.getheaders() if name.lower() not in _NOT_FORWARDED],
        )
        return [payload]


def _headers(environ: WSGIEnvironment) -> dict[str, str]:
    headers = {
        name[5:].replace("_", "-").lower(): value
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    if environ.get("CONTENT_TYPE"):
        headers["content-type"] = environ["CONTENT_TYPE"]
    return headers
