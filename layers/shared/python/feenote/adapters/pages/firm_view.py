"""The firm as pages show it: name, logo, address, and where questions go."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from feenote.adapters.shown_text import line as shown
from feenote.domain.records import Firm, Matter

MOST_LOGO_BYTES = 200_000
"""A larger logo would weigh more than the page: the firm's name stands alone then."""
_MEDIA_TYPES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
# Narrower than what mail allows: what does not fit is shown as text and makes no link.
_ADDRESS = re.compile(r"[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", re.ASCII)


@dataclass(frozen=True, slots=True)
class FirmView:
    """What pages show of a firm; `logo` is a `data:` address, empty for none."""

    name: str
    address: tuple[str, ...]
    phone: str
    tax_number: str
    accent: str
    logo: str
    email: str
    mailto: str


def firm_view(firm: Firm, matters: Sequence[Matter] = (), logo: bytes | None = None) -> FirmView:
    """Return the firm; questions go to the responsible attorney, else to the firm's billing address."""
    attorneys = [matter.responsible_attorney.email for matter in matters]
    email = shown(next((address for address in attorneys if address), firm.reply_to or firm.email))
    return FirmView(
        name=shown(firm.name),
        address=tuple(text for text in map(shown, firm.address) if text),
        phone=shown(firm.phone),
        tax_number=shown(firm.tax_number),
        accent=firm.accent_colour,
        logo=_data_address(logo) if logo else "",
        email=email,
        mailto=f"mailto:{email}" if _ADDRESS.fullmatch(email) else "",
    )


@lru_cache(maxsize=32)
def _data_address(picture: bytes) -> str:
    if len(picture) > MOST_LOGO_BYTES:
        return ""
    for start, media_type in _MEDIA_TYPES.items():
        if picture.startswith(start):
            return f"data:{media_type};base64,{base64.b64encode(picture).decode()}"
    return ""
