"""The same idempotency key and request give the same answer for 24 hours."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from aws_lambda_powertools.event_handler import Response

from feenote.api.calls import Call
from feenote.api.problems import Kind, ProblemError
from feenote.service.ports import StoredAnswer

LARGEST_STORED_BYTES = 300_000
"""A stored item has room for 400 KB. A larger answer is made again from what was made."""


def once(call: Call, request: bytes, act: Callable[[], Response[str]]) -> Response[str]:
    """Run `act`, or repeat what was answered when this key came before with this very request.

    What was refused is not kept: nothing was done, and a repeat may find things in order.

    Raises:
        ProblemError: 422 for a key that belongs to another request, 409 while the first is being worked on.
    """
    if not call.scope:
        return act()
    answers, firm_id = call.ports.answers, call.firm_id
    request_hash = hashlib.sha256(request).hexdigest()
    stored = answers.begin(firm_id, call.scope, request_hash=request_hash, at=call.now)
    if stored is not None:
        return _again(stored, request_hash)
    kept = False
    try:
        answer = act()
        body = answer.body or ""
        if len(body.encode()) <= LARGEST_STORED_BYTES:
            headers = {name: str(value) for name, value in answer.headers.items()}
            stored = StoredAnswer(request_hash, answer.status_code, body, headers)
            answers.finish(firm_id, call.scope, stored, at=call.now)
            kept = True
    finally:
        if not kept:
            answers.forget(firm_id, call.scope)
    return answer


def _again(stored: StoredAnswer, request_hash: str) -> Response[str]:
    if stored.request_hash != request_hash:
        raise ProblemError(
            Kind.KEY_REUSED, "This Idempotency-Key came with another request before: make a new key."
        )
    if stored.status is None:
        raise ProblemError(
            Kind.IN_PROGRESS,
            "The first request with this Idempotency-Key is being worked on: repeat it in a moment.",
            headers={"Retry-After": "1"},
        )
    headers = {**stored.headers, "Idempotency-Replayed": "true"}
    return Response(stored.status, body=stored.body, headers=headers)
