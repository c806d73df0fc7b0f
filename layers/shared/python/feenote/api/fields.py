"""The fields of requests and answers: each says what it takes, and refuses the rest in a sentence."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)

from feenote.api.endpoints import is_id
from feenote.domain import money
from feenote.domain.addresses import is_email
from feenote.domain.currencies import digits_of
from feenote.domain.money import MAX_MINOR, Money

T = TypeVar("T")

LIST_LIMIT = 200


class Request(BaseModel):
    """What is sent: unknown fields are refused, nothing is taken for what it only resembles."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=False)


def _without_defaults(schema: dict[str, Any]) -> None:
    for field in schema.get("properties", {}).values():
        field.pop("default", None)


class Change(Request):
    """What to change: only what is named counts, so that a default is nothing to publish."""

    model_config = ConfigDict(json_schema_extra=_without_defaults)


class Query(BaseModel):
    """The parameters of a query: texts, read as what they stand for."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Answer(BaseModel):
    """What is answered."""

    model_config = ConfigDict(extra="forbid", frozen=True, serialize_by_alias=True)


class ListQuery(Query):
    """A page of a list."""

    limit: Annotated[int, Field(ge=1, le=LIST_LIMIT)] = 50
    cursor: Annotated[str, StringConstraints(min_length=1, max_length=2_000)] | None = None


class ListAnswer(Answer, Generic[T]):
    """A page of a list; `next` is the cursor of the page after it, null on the last."""

    items: list[T]
    next: str | None


# --- texts ------------------------------------------------------------------------------------------


def _one_line(text: str) -> str:
    # Unicode's own line and paragraph ends among them: no name in a mail's header may have one.
    if any(unicodedata.category(letter) in {"Cc", "Zl", "Zp"} for letter in text):
        raise ValueError("Line breaks and control characters cannot stand here.")
    return text


def _lines(text: str) -> str:
    text = text.replace("\r\n", "\n")
    if any(unicodedata.category(letter) == "Cc" and letter not in "\n\t" for letter in text):
        raise ValueError("Control characters cannot stand here.")
    return text


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("Write something here.")
    return text


def _text(longest: int, *checks: Callable[[str], str]) -> Any:
    return Annotated[str, StringConstraints(max_length=longest), *map(AfterValidator, checks)]


Name = Annotated[
    str, StringConstraints(max_length=200), AfterValidator(_one_line), AfterValidator(_not_blank)
]
Line = Annotated[str, StringConstraints(max_length=200), AfterValidator(_one_line)]
Code = Annotated[str, StringConstraints(max_length=40), AfterValidator(_one_line)]
Number = Annotated[
    str, StringConstraints(max_length=40), AfterValidator(_one_line), AfterValidator(_not_blank)
]
Paragraph = Annotated[str, StringConstraints(max_length=2_000), AfterValidator(_lines)]
Description = Annotated[str, StringConstraints(max_length=15_000), AfterValidator(_lines)]
"""As long as LEDES 1998B has it."""
AddressLines = Annotated[tuple[Line, ...], Field(max_length=8)]


def _id(text: str) -> str:
    if not is_id(text):
        raise ValueError("This is not an id.")
    return text


Id = Annotated[str, AfterValidator(_id), Field(json_schema_extra={"pattern": "^[A-Za-z0-9_-]{1,100}$"})]


# --- addresses, languages, zones ----------------------------------------------------------------------

_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]{0,30}(/[A-Za-z0-9_+-]{1,30}){0,2}")
_NOT_ZONES = ("posix/", "right/", "posixrules", "localtime", "Factory")
# RFC 5646: language, script, region, variants, extensions, private use.
_LANGUAGE = re.compile(
    r"[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|\d{3}))?(-([A-Za-z0-9]{5,8}|\d[A-Za-z0-9]{3}))*"
    r"(-[A-WY-Za-wy-z0-9](-[A-Za-z0-9]{2,8})+)*(-x(-[A-Za-z0-9]{1,8})+)?"
)


def _email(text: str) -> str:
    if not is_email(text):
        raise ValueError("Write one address such as maria@example.com, without a name around it.")
    return text


def _zone(text: str) -> str:
    problem = ValueError("Write an IANA time zone such as America/New_York.")
    if not _ZONE.fullmatch(text) or text.startswith(_NOT_ZONES):
        raise problem
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, OSError, ValueError):
        # A folder such as "America" is an OSError.
        raise problem from None
    return text


def _language(text: str) -> str:
    if len(text) > 35 or not _LANGUAGE.fullmatch(text):
        raise ValueError("Write a language tag (BCP 47) such as en-US.")
    return text


def _currency(text: str) -> str:
    digits_of(text)
    return text


def _web_address(text: str) -> str:
    problem = ValueError("Write an address that begins with https:// or http://.")
    if any(letter.isspace() or not letter.isprintable() for letter in text):
        raise problem
    try:
        parts = urlsplit(text)
        good = (
            parts.scheme in {"https", "http"}
            and parts.hostname
            and parts.port != 0
            and "@" not in parts.netloc
        )
    except ValueError:
        raise problem from None
    if not good:
        raise problem
    return text


def _or_empty(check: Callable[[str], str]) -> AfterValidator:
    return AfterValidator(lambda text: check(text) if text else text)


Email = Annotated[
    str, StringConstraints(max_length=254), AfterValidator(_email), Field(examples=["maria@example.com"])
]
OptionalEmail = Annotated[
    str, StringConstraints(max_length=254), _or_empty(_email), Field(examples=["maria@example.com"])
]
TimeZone = Annotated[
    str, StringConstraints(max_length=80), AfterValidator(_zone), Field(examples=["America/New_York"])
]
Language = Annotated[
    str, StringConstraints(max_length=35), AfterValidator(_language), Field(examples=["en-US"])
]
Currency = Annotated[
    str,
    StringConstraints(max_length=3),
    AfterValidator(_currency),
    Field(json_schema_extra={"pattern": "^[A-Z]{3}$"}, examples=["USD"]),
]
WebAddress = Annotated[
    str, StringConstraints(max_length=500), _or_empty(_web_address), Field(examples=["https://example.com"])
]
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$"), Field(examples=["#1f3a5f"])]


# --- numbers, days, instants --------------------------------------------------------------------------

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)


class MoneyField(Request):
    """An amount in whole minor units: cents, pence, yen."""

    minor: Annotated[int, Field(ge=-MAX_MINOR, le=MAX_MINOR, examples=[168445])]
    currency: Currency

    def to_domain(self) -> Money:
        """Return the amount."""
        return Money(self.minor, self.currency)

    @classmethod
    def of(cls, amount: Money) -> MoneyField:
        """Return the field that shows an amount."""
        return cls.model_construct(minor=amount.minor, currency=amount.currency)


def _decimal(value: object) -> Decimal:
    if isinstance(value, Decimal):
        return value
    if not isinstance(value, str):
        message = 'Write a decimal number as a text, such as "0.20".'
        raise ValueError(message)  # noqa: TRY004 - pydantic reports ValueErrors
    return money.parse_decimal(value, what="A number")


def _instant(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError("This instant lies outside the calendar.") from None


def instant_text(value: datetime) -> str:
    """Return an instant as the API writes it: `2026-11-22T09:00:00.000Z`."""
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


DecimalText = Annotated[
    Decimal,
    BeforeValidator(_decimal),
    PlainSerializer(lambda value: format(value, "f"), return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^[+-]?(\d+(\.\d*)?|\.\d+)$", "examples": ["0.20"]}),
]
Percent = Annotated[DecimalText, Field(ge=0, le=100)]
Day = Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY, examples=["2026-11-22"])]
InstantParameter = Annotated[AwareDatetime, AfterValidator(_instant)]
Instant = Annotated[
    datetime,
    PlainSerializer(instant_text, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-11-22T09:00:00.000Z"]}),
]
