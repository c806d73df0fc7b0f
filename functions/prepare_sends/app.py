"""Prepares sends, chunk by chunk: who gets each bill, with which words, and what speaks against it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from feenote import bootstrap
from feenote.api.queues import chunk_in, each_message
from feenote.service.prepare_chunk import prepare_chunk


def handler(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Prepare each chunk of a batch; return those that the queue shall bring again."""
    return each_message(event, context, _prepare)


def _prepare(body: str) -> int:
    return prepare_chunk(bootstrap.system(), job=chunk_in(body), now=bootstrap.clock().now())
