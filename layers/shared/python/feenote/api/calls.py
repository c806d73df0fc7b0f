"""One call of the API: who, when, on which condition, and the ports to work with."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

from feenote.api.callers import Caller
from feenote.api.problems import Kind, ProblemError
from feenote.service.errors import FieldError
from feenote.service.ports import Ports

_ETAG = re.compile(r'"(\d{1,12})"', re.ASCII)
_KEY = re.compile(r"[\x21-\x7e]{1,255}")


@dataclass(frozen=True, slots=True)
class Call:
    """What a handler gets beside path, query and body.

    `scope` names firm, method, path and idempotency key in one hash; it is empty where no key came.
    """

    ports: Ports
    now: datetime
    caller: Caller
    expected_version: int | None = None
    scope: str = ""

    @property
    def firm_id(self) -> str:
        """Return whose data this is about."""
        return self.caller.firm_id

    @property
    def actor(self) -> str:
        """Return under what the act is recorded: the address by which colleagues know who it was."""
        return self.caller.email or self.caller.sub

    def new_id(self, prefix: str) -> str:
        """Return the id of what this call makes: the same again when the same key comes again."""
        if not self.scope:
            return self.ports.ids.new(prefix)
        digest = hashlib.sha256(f"{prefix}|{self.scope}".encode()).digest()
        return f"{prefix}_{base64.b32encode(digest).decode()[:26]}"


def scope_of(caller: Caller, *, method: str, path: str, key: str | None) -> str:
    """Return the scope of an idempotency key: the same key on another address is another key.

    Raises:
        ProblemError: 400 for a key that is empty, too long or has odd characters.
    """
    if key is None:
        return ""
    if not _KEY.fullmatch(key):
        raise _malformed("Idempotency-Key", "Use 1 to 255 printable ASCII characters, such as a UUID.")
    return hashlib.sha256(f"{caller.firm_id}\n{method}\n{path}\n{key}".encode()).hexdigest()


def expected_version_of(if_match: str | None) -> int | None:
    """Return the version that `If-Match` asks for; None where it asks for none.

    Raises:
        ProblemError: 412 for a tag that no record of ours can have, 400 for what is no tag.
    """
    if if_match is None or if_match.strip() == "*":
        return None
    tag = if_match.strip()
    if found := _ETAG.fullmatch(tag):
        return int(found[1])
    if re.fullmatch(r'(W/)?"[^"]*"', tag):
        raise ProblemError(Kind.STALE, "This ETag is not one of this record's.")
    raise _malformed("If-Match", 'Send the ETag as it came, with its quotes: "3".')


def _malformed(header: str, message: str) -> ProblemError:
    return ProblemError(
        Kind.MALFORMED, f"The header {header} is malformed.", [FieldError(header.lower(), message)]
    )
