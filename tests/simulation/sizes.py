"""How large a send is before it becomes a job: small worlds have small numbers, to walk all of it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from feenote.domain.sends import BILLS_IN_A_CHUNK
from feenote.service import prepare_chunk, send_bills


@dataclass(frozen=True, slots=True)
class Sizes:
    """The numbers of bills at which sending changes its way."""

    prompt_bills: int = send_bills.PROMPT_BILLS
    bills_in_a_chunk: int = BILLS_IN_A_CHUNK
    bills_at_once: int = prepare_chunk.BILLS_AT_ONCE
    looked_at_first: int = send_bills.LOOKED_AT_FIRST


AS_DEPLOYED = Sizes()


def some_sizes(chance: random.Random) -> Sizes:
    """Return sizes at which a send of a dozen bills has several chunks, each looked at in several parts."""
    return Sizes(
        prompt_bills=chance.randint(1, 3),
        bills_in_a_chunk=chance.randint(2, 6),
        bills_at_once=chance.randint(1, 4),
        looked_at_first=chance.choice([3, 5, 100]),
    )


_in_force = [AS_DEPLOYED]


def now() -> Sizes:
    """Return the sizes that the service works with at the moment."""
    return _in_force[-1]


@contextmanager
def sized(sizes: Sizes) -> Iterator[None]:
    """Let the service work with these sizes for a while.

    They are facts of the deployment and no parameter of any use case, hence this one place that puts others
    into the modules, and puts the right ones back.
    """
    _in_force.append(sizes)
    _put(sizes)
    try:
        yield
    finally:
        _in_force.pop()
        _put(now())


def _put(sizes: Sizes) -> None:
    vars(send_bills)["PROMPT_BILLS"] = sizes.prompt_bills
    vars(send_bills)["BILLS_IN_A_CHUNK"] = sizes.bills_in_a_chunk
    vars(send_bills)["LOOKED_AT_FIRST"] = sizes.looked_at_first
    vars(prepare_chunk)["BILLS_AT_ONCE"] = sizes.bills_at_once
