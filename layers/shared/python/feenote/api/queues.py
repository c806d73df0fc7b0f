"""What comes in batches from a queue: each message is done, or named so that it comes again."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from feenote.adapters.sqs import BadJobError, decode_chunk, decode_job, decode_reconcile, decode_reminder
from feenote.service.ports import ChunkJob, MailJob, ReconcileJob, ReminderJob


def each_message(event: Mapping[str, Any], context: Any, take: Callable[[str], object]) -> Mapping[str, Any]:
    """Call `take` with the body of each message; return those that failed, for the queue to bring again.

    One that keeps failing ends among the dead letters, where an alarm stands.
    """
    bodies = _bodies(event)
    return _each_position(event, context, lambda position: take(bodies[position]))


def each_job(event: Mapping[str, Any], context: Any, take: Callable[[int], object]) -> Mapping[str, Any]:
    """Call `take` with the position of each message that is a job; return those that failed, or are none."""
    bodies = _bodies(event)

    def take_job(position: int) -> object:
        decode_job(bodies[position])
        return take(position)

    return _each_position(event, context, take_job)


def _each_position(
    event: Mapping[str, Any], context: Any, take: Callable[[int], object]
) -> Mapping[str, Any]:
    positions = itertools.count()

    def take_record(record: SQSRecord) -> object:
        try:
            return take(next(positions))
        except Exception:
            # The processor keeps to itself why a message failed.
            Logger().exception("message.failed", extra={"message_id": record.message_id})
            raise

    # A batch of which all failed is answered like any other, not raised: raising tells the queue less.
    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    answer: Mapping[str, Any] = process_partial_response(
        event=dict(event), record_handler=take_record, processor=processor, context=context
    )
    return answer


def jobs_in(event: Mapping[str, Any]) -> Sequence[MailJob | None]:
    """Return the jobs of a batch by position; None where a message is none of ours."""
    return [_job_or_none(body) for body in _bodies(event)]


def _bodies(event: Mapping[str, Any]) -> list[str]:
    return [record["body"] for record in event["Records"]]


def _job_or_none(body: str) -> MailJob | None:
    try:
        return decode_job(body)
    except BadJobError:
        return None


def chunk_in(body: str) -> ChunkJob:
    """Return the chunk of a send that a message carries.

    Raises:
        BadJobError: for a message that is none of ours.
    """
    return decode_chunk(body)


def firm_in(body: str) -> ReconcileJob:
    """Return the firm to reconcile that a message carries.

    Raises:
        BadJobError: for a message that is none of ours.
    """
    return decode_reconcile(body)


def clients_in(body: str) -> ReminderJob:
    """Return the clients to look at for their reminders that a message carries.

    Raises:
        BadJobError: for a message that is none of ours.
    """
    return decode_reminder(body)
