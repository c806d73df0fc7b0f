"""Read and change the firm and its settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from feenote.domain import bill_numbers
from feenote.domain.bill_numbers import NumberFormatError
from feenote.domain.records import Firm
from feenote.service.errors import FieldError, NotFoundError, RefusedError, StaleVersionError
from feenote.service.ports import Ports
from feenote.service.reminders.replan import replan_firm


def read_firm(ports: Ports, *, firm_id: str) -> Firm:
    """Return the firm.

    Raises:
        NotFoundError: when there is none.
    """
    try:
        return ports.records.get_firm(firm_id)
    except KeyError:
        raise NotFoundError("Your firm is not set up yet.") from None


def change_firm(
    ports: Ports, *, firm_id: str, expected_version: int | None, change: Callable[[Firm], Firm]
) -> Firm:
    """Store the changed firm. The first change, which has to name it, sets the firm up.

    Where its time zone or the region of its locale is another, all reminders are planned anew.

    Raises:
        StaleVersionError, StaleError: when it is not what the caller saw, or somebody was faster.
        RefusedError: when it has no name, or its bill numbers could not be made.
    """
    try:
        before = ports.records.get_firm(firm_id)
    except KeyError:
        before = Firm(firm_id, name="")
    if expected_version not in {None, before.version}:
        raise StaleVersionError("Somebody changed the firm since you read it: read it again.")
    after = change(before)
    if after == before:
        return before
    if not after.name.strip():
        raise RefusedError("The firm needs a name.", [FieldError("name", "The firm needs a name.")])
    try:
        bill_numbers.check_format(after.bill_number_format)
    except NumberFormatError as error:
        raise RefusedError(str(error), [FieldError("bill_number_format", str(error))]) from error
    after = replace(after, version=before.version + 1)
    ports.records.put_firm(after)
    if before.version and (after.time_zone, after.locale) != (before.time_zone, before.locale):
        replan_firm(ports, firm_id)
    return after
