"""What comes in batches from a queue: each message is done, or named so that it comes again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from feenote.adapters.sqs import BadJobError, decode_job
from feenote.service.ports import MailJob

__all__ = ["BadJobError", "each_message", "job_in"]


def each_message(event: Mapping[str, Any], context: Any, take: Callable[[str], object]) -> Mapping[str, Any]:
    """Call `take` with the body of each message; return those that failed, for the queue to bring again.

    One that keeps failing ends among the dead letters, where an alarm stands.
    """

    def take_record(record: SQSRecord) -> object:
        try:
            return take(record.body)
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


def job_in(body: str) -> MailJob:
    """Return the job that a message carries.

    Raises:
        BadJobError: for a message that is none of ours.
    """
    return decode_job(body)
