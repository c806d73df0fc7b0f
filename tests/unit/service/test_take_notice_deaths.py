"""A notice whose worker dies in the middle is taken whole when the queue brings it again."""

from __future__ import annotations

import itertools
from types import SimpleNamespace
from typing import Any

import pytest

from feenote.domain.deliveries import Delivery
from tests.unit.service.test_take_notice import (
    ANN_DELIVERED,
    ANN_HARD,
    BO_COMPLAINED,
    BOTH_DELIVERED,
    BOTH_HARD,
    SEND,
    TO_ANN,
    TO_BOTH,
    Told,
    office_in_doubt,
    office_with,
    take,
    truth,
)


class DiedError(Exception):
    """The function ended in the middle."""


class Dying:
    """A port that works until the call after which everything ends."""

    def __init__(self, port: Any, left: list[int]) -> None:
        self._port = port
        self._left = left

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._port, name)

        def call(*args: Any, **named: Any) -> Any:
            answer = method(*args, **named)
            self._left[0] -= 1
            if self._left[0] == 0:
                raise DiedError
            return answer

        return call


class TestADeathInTheMiddle:
    @pytest.mark.parametrize("in_doubt", [False, True])
    @pytest.mark.parametrize(
        ("delivery", "told"),
        [
            (TO_ANN, SEND),
            (TO_ANN, ANN_DELIVERED),
            (TO_ANN, ANN_HARD),
            (TO_BOTH, BOTH_DELIVERED),
            (TO_BOTH, BOTH_HARD),
            (TO_BOTH, BO_COMPLAINED),
        ],
    )
    def test_is_mended_when_the_queue_brings_the_notice_again(
        self, delivery: Delivery, told: Told, *, in_doubt: bool
    ) -> None:
        make = office_in_doubt if in_doubt else office_with
        whole = make(delivery)
        take(whole, told)
        for calls in itertools.count(1):
            office = make(delivery)
            ports = office.ports
            left = [calls]
            office.ports = SimpleNamespace(
                signals=ports.signals,
                **{
                    name: Dying(getattr(ports, name), left)
                    for name in ("deliveries", "records", "bills", "tasks", "reminders")
                },
            )
            try:
                take(office, told)
            except DiedError:
                office.ports = ports
                take(office, told)
                assert truth(office) == truth(whole), calls
            else:
                assert calls > 2
                return
