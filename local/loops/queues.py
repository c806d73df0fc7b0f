"""Feeds a function from a queue, as an event source mapping of Lambda does."""

from __future__ import annotations

import base64
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from local.runtime.functions import FunctionFailed
from local.template.stack import REGION

if TYPE_CHECKING:
    from collections.abc import Callable

    from types_boto3_sqs import SQSClient
    from types_boto3_sqs.type_defs import MessageTypeDef

    from local.template.functions import QueueSource

_MOST_MESSAGES_PER_CALL = 10
_BATCHES_AT_ONCE = 2
"""From one queue: as many as this machine may have cores."""


class QueueLoop:
    """Polls one queue, calls the function with what came, deletes what it has done.

    A batch that fails stays in the queue until its visibility passes; with partial failures, only what the
    function names stays.
    """

    def __init__(
        self,
        source: QueueSource,
        *,
        queue_url: str,
        sqs: SQSClient,
        call: Callable[[Any], Any],
        wait_s: int = 5,
    ) -> None:
        """Feed `call` from `queue_url`, waiting `wait_s` seconds at a time for messages."""
        self._source = source
        self.queue_url = queue_url
        self._sqs = sqs
        self._call = call
        self._wait_s = wait_s
        self._stopping = threading.Event()
        at_once = min(source.maximum_concurrency or _BATCHES_AT_ONCE, _BATCHES_AT_ONCE)
        self._places = threading.Semaphore(at_once)
        self._handling = 0
        self._counting = threading.Lock()
        self._workers = ThreadPoolExecutor(at_once, thread_name_prefix="queue")

    def start(self) -> None:
        """Work in threads until `stop`."""
        threading.Thread(target=self._run, name="queue-loop", daemon=True).start()

    def stop(self) -> None:
        """Take nothing more; what is being done goes on."""
        self._stopping.set()
        self._workers.shutdown(wait=False, cancel_futures=True)

    @property
    def busy(self) -> bool:
        """Tell whether a batch is being handled."""
        return self._handling > 0

    def visible(self) -> int:
        """Return how many messages wait to be received."""
        answer = self._sqs.get_queue_attributes(
            QueueUrl=self.queue_url, AttributeNames=["ApproximateNumberOfMessages"]
        )
        return int(answer["Attributes"]["ApproximateNumberOfMessages"])

    def poll(self, *, wait_s: int = 0) -> int:
        """Receive once and handle what came, in this thread; return how many messages."""
        messages = self._received(wait_s)
        if messages:
            self._handle(messages)
        return len(messages)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._places.acquire()
            try:
                messages = self._received(self._wait_s)
                if messages and not self._stopping.is_set():
                    self._workers.submit(self._handle_and_make_room, messages)
                    continue
            except (BotoCoreError, ClientError):
                # The queues end before their readers do when everything stops.
                self._stopping.wait(0.2)
            except RuntimeError:
                return
            self._places.release()

    def _handle_and_make_room(self, messages: list[MessageTypeDef]) -> None:
        try:
            self._handle(messages)
        finally:
            self._places.release()

    def _received(self, wait_s: int) -> list[MessageTypeDef]:
        answer = self._sqs.receive_message(
            QueueUrl=self.queue_url,
            MaxNumberOfMessages=min(self._source.batch_size, _MOST_MESSAGES_PER_CALL),
            WaitTimeSeconds=wait_s,
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        return answer.get("Messages", [])

    def _handle(self, messages: list[MessageTypeDef]) -> None:
        with self._counting:
            self._handling += 1
        try:
            self._call_and_delete(messages)
        finally:
            with self._counting:
                self._handling -= 1

    def _call_and_delete(self, messages: list[MessageTypeDef]) -> None:
        records = [queue_record(message, self._source.queue_arn) for message in messages]
        try:
            answer = self._call({"Records": records})
        except FunctionFailed:
            return
        failed = self._failed(answer, {record["messageId"] for record in records})
        done = [message for message in messages if message["MessageId"] not in failed]
        if done:
            self._sqs.delete_message_batch(
                QueueUrl=self.queue_url,
                Entries=[
                    {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]}
                    for number, message in enumerate(done)
                ],
            )

    def _failed(self, answer: Any, batch: set[str]) -> set[str]:
        """Return the ids that stay; an answer that makes no sense leaves the whole batch."""
        if not self._source.partial_failures or answer is None:
            return set()
        if not isinstance(answer, dict):
            return batch
        failures: Any = answer.get("batchItemFailures")
        if not failures:
            return set()
        try:
            failed = {failure["itemIdentifier"] for failure in failures}
        except (TypeError, KeyError):
            return batch
        return batch if failed - batch else failed


def queue_record(message: MessageTypeDef, queue_arn: str) -> dict[str, Any]:
    """Return one record of the event that Lambda gets."""
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": dict(message.get("Attributes", {})),
        "messageAttributes": {
            name: _attribute(dict(value)) for name, value in message.get("MessageAttributes", {}).items()
        },
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": REGION,
    }


def _attribute(value: dict[str, Any]) -> dict[str, Any]:
    record: dict[str, Any] = {
        "stringListValues": [],
        "binaryListValues": [],
        "dataType": value["DataType"],
    }
    if "StringValue" in value:
        record["stringValue"] = value["StringValue"]
    if "BinaryValue" in value:
        record["binaryValue"] = base64.b64encode(value["BinaryValue"]).decode("ascii")
    return record
