"""Bills for looking at and measuring: plausible ones of any length, the same each time."""

from __future__ import annotations

import random
import struct
import zlib
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from feenote.domain import money
from feenote.domain.bills import (
    Bill,
    BillContent,
    BillLine,
    BillState,
    Discount,
    LineKind,
    Tax,
    totals_of,
)
from feenote.domain.documents import BillDocument
from feenote.domain.money import Money
from feenote.domain.records import Attorney, Client, Firm, Matter

FONTS = Path(__file__).parents[3] / "layers" / "pdf" / "fonts"
PAY_URL = "https://pay.example.com/bills/9f86d081884c7d659a2feaa0c55ad015"
_PEOPLE = (("Eleanor Whitcombe", "PT", 62_500), ("Rafael Ortega", "AS", 38_000), ("June Park", "LA", 19_500))
_WORK = (
    "Draft and revise answer to second amended complaint",
    "Telephone conference with opposing counsel regarding the discovery schedule",
    (
        "Review and analyse documents produced by the defendant; prepare privilege log entries and a "
        "memorandum to the client on the treatment of the board minutes of 2023"
    ),
    "Prepare for and attend hearing on motion to compel",
    "Legal research on the limitation of contractual claims",
    "Correspondence with client",
    "Revise settlement agreement following comments of co-counsel",
)
_COSTS = (
    ("Court filing fee", "E112"),
    ("Courier to the clerk of court", "E107"),
    ("Deposition transcript", "E115"),
)
_CODES = (("L210", "A103"), ("L310", "A107"), ("L320", "A104"), ("L350", "A109"))


def firm(**changes: object) -> Firm:
    """Return the firm of the samples."""
    values: dict[str, object] = {
        "id": "firm_1",
        "name": "Whitcombe & Hale LLP",
        "address": ("1200 Harbor Street", "Suite 410", "Portland, ME 04101"),
        "email": "billing@whitcombehale.example",
        "phone": "+1 207 555 0142",
        "website": "whitcombehale.example",
        "tax_number": "01-2345678",
        "payment_instructions": "By bank transfer: First Harbor Bank, account 4410 0932, "
        "routing 211 274 450.\nBy cheque, payable to Whitcombe & Hale LLP.\n\n"
        "Please state the bill number with your payment.",
    }
    return Firm(**(values | changes))  # type: ignore[arg-type]  # a test's own keyword arguments


def client(**changes: object) -> Client:
    """Return the client of the samples."""
    values: dict[str, object] = {
        "id": "client_1",
        "firm_id": "firm_1",
        "number": "10442",
        "name": "Northgate Marine Insurance Co.",
        "address": ("Attn: Ms. Dana Kessler", "88 Wharf Road, 14th Floor", "Boston, MA 02110"),
    }
    return Client(**(values | changes))  # type: ignore[arg-type]  # a test's own keyword arguments


def matter(
    number: int = 1, description: str = "Northgate v. Castellan Shipping", **changes: object
) -> Matter:
    """Return a matter of the sample client."""
    values: dict[str, object] = {
        "id": f"matter_{number}",
        "firm_id": "firm_1",
        "client_id": "client_1",
        "number": f"2026-{number:03d}",
        "description": description,
        "client_matter_number": f"NMI-{7700 + number}",
        "responsible_attorney": Attorney("Eleanor Whitcombe"),
    }
    return Matter(**(values | changes))  # type: ignore[arg-type]  # a test's own keyword arguments


def lines(count: int, *, seed: int = 1, matters: int = 1, currency: str = "USD") -> tuple[BillLine, ...]:
    """Return so many lines: one in eight an expense, the rest time."""
    dice = random.Random(seed)
    made = []
    for index in range(count):
        on = date(2026, 2, 1) + timedelta(days=index * 27 // max(count, 1))
        matter_id = f"matter_{index * matters // count + 1}"
        if index % 8 == 7:
            text, code = dice.choice(_COSTS)
            made.append(
                BillLine(
                    LineKind.EXPENSE,
                    Money(dice.randrange(1_000, 60_000), currency),
                    text,
                    on,
                    matter_id,
                    expense_code=code,
                )
            )
        else:
            name, rank, rate = dice.choice(_PEOPLE)
            units = Decimal(dice.randrange(1, 60)) / 10
            task, activity = dice.choice(_CODES)
            price = Money(rate, currency)
            made.append(
                BillLine(
                    LineKind.FEE,
                    money.multiply(units, price),
                    dice.choice(_WORK),
                    on,
                    matter_id,
                    name,
                    rank,
                    units,
                    price,
                    task_code=task,
                    activity_code=activity,
                )
            )
    return tuple(made)


def bill(content_lines: tuple[BillLine, ...], *, matters: int = 1, **changes: object) -> Bill:
    """Return an approved bill over these lines."""
    currency = content_lines[0].amount.currency
    values: dict[str, object] = {
        "client_id": "client_1",
        "matter_ids": tuple(f"matter_{number + 1}" for number in range(matters)),
        "currency": currency,
        "issued_on": date(2026, 3, 4),
        "due_on": date(2026, 4, 3),
        "lines": content_lines,
        "period_from": date(2026, 2, 1),
        "period_to": date(2026, 2, 28),
    }
    own = {key: value for key, value in changes.items() if key in BillContent.__slots__}
    content = BillContent(**(values | own))  # type: ignore[arg-type]  # a test's own keyword arguments
    about: dict[str, object] = {
        "id": "bill_1",
        "firm_id": "firm_1",
        "content": content,
        "state": BillState.AWAITING_PAYMENT,
        "created_at": datetime(2026, 3, 4, 9, tzinfo=UTC),
        "number": "00042",
        "revision": 1,
        "total": totals_of(content).total,
    }
    about |= {key: value for key, value in changes.items() if key not in own}
    return Bill(**about)  # type: ignore[arg-type]  # a test's own keyword arguments


def document(count: int = 5, *, seed: int = 1, **changes: object) -> BillDocument:
    """Return a document of `count` lines for one matter, with a link to pay."""
    values: dict[str, object] = {
        "firm": firm(),
        "client": client(),
        "matters": (matter(),),
        "bill": bill(lines(count, seed=seed)),
        "pay_url": PAY_URL,
    }
    return BillDocument(**(values | changes))  # type: ignore[arg-type]  # a test's own keyword arguments


def full_document(count: int = 40) -> BillDocument:
    """Return a bill with everything: two matters, memo, discount, tax, adjustment, a payment, a logo."""
    made = (
        *lines(count, matters=2),
        BillLine(LineKind.ADJUSTMENT, Money(-25_000, "USD"), "Courtesy reduction agreed on 26 February"),
    )
    whole = bill(
        made,
        matters=2,
        memo="Thank you for your instructions. This bill covers our work in both matters during February; "
        "the hearing in the Castellan matter is set for 22 April.",
        discounts=(Discount("Volume discount", percent=Decimal(5)),),
        taxes=(Tax("Sales tax", percent=Decimal("5.5")),),
        paid_minor=500_000,
    )
    matters = (matter(), matter(2, "Renewal of the Boston office lease"))
    return document(matters=matters, bill=whole, logo=png_logo())


def png(width: int, height: int, pixel: bytes = b"\x1f\x3a\x5f") -> bytes:
    """Return a one-coloured PNG."""
    row = b"\x00" + pixel * width
    return png_of(width, height, zlib.compress(row * height, 9))


def png_of(width: int, height: int, packed: bytes, *, told: tuple[int, int] | None = None) -> bytes:
    """Return a PNG with this data; `told` is another size to put in its header."""
    head = struct.pack(">IIBBBBB", *(told or (width, height)), 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", packed), (b"IEND", b""))
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + body


def png_logo() -> bytes:
    """Return a drawn logo: an arch in a square, 240 pixels each way."""
    size, rows = 240, []
    for y in range(size):
        row = bytearray(b"\x00")
        for x in range(size):
            dx, dy = x - size / 2, y - size * 0.62
            ring = 64**2 < dx * dx + dy * dy < 92**2 and dy < 0
            posts = 64 < abs(dx) < 92 and 0 <= dy < 66
            row += b"\xff\xff\xff" if ring or posts else b"\x1f\x3a\x5f"
        rows.append(bytes(row))
    return png_of(size, size, zlib.compress(b"".join(rows), 9))
