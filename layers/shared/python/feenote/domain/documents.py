"""What a PDF of a bill is made from: everything the renderer needs and nothing it has to look up."""

from __future__ import annotations

from dataclasses import dataclass

from feenote.domain.bills import Bill
from feenote.domain.records import Client, Firm, Matter


@dataclass(frozen=True, slots=True)
class BillDocument:
    """A revision of a bill with its parties.

    `pay_url` is the address printed on paper and in the QR code: it belongs to the bill, not to a
    recipient; None where nothing can be paid online. `logo` is the stored picture's bytes.
    """

    firm: Firm
    client: Client
    matters: tuple[Matter, ...]
    bill: Bill
    pay_url: str | None = None
    logo: bytes | None = None
