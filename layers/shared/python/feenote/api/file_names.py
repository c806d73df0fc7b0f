"""Under what name a browser saves a file (RFC 6266)."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

_LONGEST = 100
# What file systems, browsers or people's eyes take for something else: control and unseen characters, halves.
_UNFIT = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*", re.ASCII)


def attachment(name: str) -> str:
    """Return the header `Content-Disposition` of a file to be saved, all in ASCII.

    Characters that no file's name should hold become hyphens. A name beyond plain ASCII stands there twice:
    as near as ASCII comes to it, and whole for browsers that know RFC 8187.
    """
    whole = _fit(name)
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", _ascii(whole)).strip("-.") or "file"
    if _PLAIN.fullmatch(whole):
        return f'attachment; filename="{whole}"'
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(whole, safe='')}"


def _fit(name: str) -> str:
    stem, dot, ending = name.rpartition(".")
    kept = "".join(
        "-" if unicodedata.category(each) in _UNFIT or each in '/\\:*?"<>|%' else each for each in stem
    )
    return f"{kept[: _LONGEST - len(ending)].strip(' .')}{dot}{ending}"


def _ascii(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
