"""Presigned addresses of S3: right for five minutes, and for what they were made for."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from local.testing import call

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.machine import Machine


@pytest.fixture
def clock_moves(machine: Machine) -> Iterator[Machine]:
    before = machine.clock.offset
    yield machine
    machine.clock.advance(before - machine.clock.offset)


def presigned(machine: Machine) -> str:
    reply = call(machine.base_url, "GET", "/echo/presigned")
    assert reply.status == 302, machine.log("echo")
    return reply.headers["location"]


def fetched(url: str, method: str = "GET") -> tuple[int, bytes]:
    parts = urlsplit(url)
    reply = call(f"{parts.scheme}://{parts.netloc}", method, f"{parts.path}?{parts.query}")
    return reply.status, reply.body


class TestAPresignedAddress:
    def test_gives_the_file(self, machine: Machine) -> None:
        assert fetched(presigned(machine)) == (200, b"%PDF-1.7")

    def test_is_refused_when_another_file_is_put_in(self, machine: Machine) -> None:
        status, body = fetched(presigned(machine).replace("1.pdf", "2.pdf"))

        assert status == 403
        assert b"<Code>SignatureDoesNotMatch</Code>" in body

    def test_is_refused_when_it_is_made_to_last_longer(self, machine: Machine) -> None:
        status, body = fetched(presigned(machine).replace("X-Amz-Expires=3600", "X-Amz-Expires=36000"))

        assert status == 403
        assert b"<Code>SignatureDoesNotMatch</Code>" in body

    def test_is_refused_for_another_method(self, machine: Machine) -> None:
        assert fetched(presigned(machine), "DELETE")[0] == 403

    def test_is_refused_when_its_own_time_is_over(self, clock_moves: Machine) -> None:
        url = presigned(clock_moves)
        clock_moves.clock.advance(timedelta(seconds=3601))

        status, body = fetched(url)

        assert status == 403
        assert b"<Message>Request has expired</Message>" in body

    def test_is_refused_after_five_minutes_whatever_it_says_itself(self, clock_moves: Machine) -> None:
        url = presigned(clock_moves)
        clock_moves.clock.advance(timedelta(seconds=301))

        status, body = fetched(url)

        assert status == 403
        assert b"<Code>AccessDenied</Code>" in body

    def test_made_after_the_clock_was_moved_is_right(self, clock_moves: Machine) -> None:
        clock_moves.clock.advance(timedelta(days=40))

        assert fetched(presigned(clock_moves))[0] == 200

    def test_without_a_signature_is_refused(self, machine: Machine) -> None:
        status, body = fetched(presigned(machine).partition("?")[0])

        assert status == 403
        assert b"<Code>AccessDenied</Code>" in body
