"""The thin wrapper around DynamoDB's client: bounded time, bounded retries, counted units, plain errors."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from feenote.adapters.dynamodb.attributes import Item, from_attributes, to_attribute
from feenote.adapters.dynamodb.keys import HIGHEST, LOWEST, Key
from feenote.adapters.dynamodb.writes import Delete, Put, Update, Write, key_of, names_in
from feenote.service.ports import StaleError, StoreUnavailableError

MAX_ACTIONS = 100
"""In one transaction: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html."""
MAX_KEYS = 100
"""In one batch of reads."""
CONFLICT_TRIES = 6
FIRST_PAUSE_SECONDS = 0.02

_BUSY = frozenset(
    {
        "TransactionConflict",
        "TransactionConflictException",
        "TransactionInProgressException",
        "ThrottlingError",
        "ProvisionedThroughputExceeded",
    }
)
_THROTTLED = frozenset(
    {"ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded"}
)


@dataclass(slots=True)
class Meter:
    """What was used so far: calls by operation, read and write units."""

    calls: Counter[str] = field(default_factory=Counter)
    read_units: float = 0.0
    write_units: float = 0.0


@dataclass(frozen=True, slots=True)
class Found:
    """One call's worth of a query; `more` says that the partition goes on."""

    items: tuple[Item, ...]
    more: dict[str, Any] | None


def connect(table_name: str) -> Table:
    """Return the table, over a client that waits and retries within limits.

    Endpoint, region and keys come from the environment, as boto3 reads it.
    """
    config = Config(
        connect_timeout=2,
        read_timeout=5,
        # The only place where calls to the table are repeated after a fault of the network or the service.
        retries={"mode": "standard", "total_max_attempts": 3},
    )
    return Table(boto3.client("dynamodb", config=config), table_name)


class Table:
    """Reads and writes items as plain data.

    Every method raises `StoreUnavailableError` when no answer came: then a write may or may not be done.
    """

    def __init__(
        self,
        client: Any,
        name: str,
        *,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """Wrap boto3's client; `jitter` returns 0 to 1, by which a pause is multiplied."""
        self._client = client
        self._name = name
        self._sleep = sleep
        self._jitter = jitter
        self.meter = Meter()

    # Reads

    def get(self, key: Key) -> Item | None:
        """Return the item at a key, read strongly."""
        answer = self._call("get_item", Key=key_of(key), ConsistentRead=True)
        return from_attributes(answer["Item"]) if "Item" in answer else None

    def get_many(self, keys: Iterable[Key]) -> dict[Key, Item]:
        """Return the items that there are, read strongly, a hundred keys a call."""
        wanted = list(dict.fromkeys(keys))
        found: dict[Key, Item] = {}
        for start in range(0, len(wanted), MAX_KEYS):
            waiting = [key_of(key) for key in wanted[start : start + MAX_KEYS]]
            pause = FIRST_PAUSE_SECONDS
            for _ in range(CONFLICT_TRIES):
                answer = self._batch(waiting)
                for attributes in answer["Responses"].get(self._name, ()):
                    item = from_attributes(attributes)
                    found[Key(item["pk"], item["sk"])] = item
                waiting = answer.get("UnprocessedKeys", {}).get(self._name, {}).get("Keys", [])
                if not waiting:
                    break
                self._sleep(pause * self._jitter())
                pause *= 2
            if waiting:
                raise StoreUnavailableError("The store gives only a part of what was asked for.")
        return found

    def _batch(self, keys: Sequence[Mapping[str, Any]]) -> Any:
        request = {self._name: {"Keys": keys, "ConsistentRead": True}}
        return self._call("batch_get_item", table=False, RequestItems=request)

    def query(
        self,
        partition: str,
        *,
        index: str = "",
        low: str = LOWEST,
        high: str = HIGHEST,
        descending: bool = False,
        limit: int | None = None,
        after: Mapping[str, Any] | None = None,
    ) -> Found:
        """Return items of a partition with `low <= sort key <= high`; without an index, read strongly."""
        if low > high:
            return Found((), None)
        condition = f"#{index}pk = :pk AND #{index}sk BETWEEN :low AND :high"
        values = {":pk": partition, ":low": low, ":high": high}
        request: dict[str, Any] = {
            "KeyConditionExpression": condition,
            "ExpressionAttributeNames": names_in(condition),
            "ExpressionAttributeValues": {name: to_attribute(value) for name, value in values.items()},
            "ScanIndexForward": not descending,
        }
        if index:
            request["IndexName"] = index
        else:
            request["ConsistentRead"] = True
        if limit is not None:
            request["Limit"] = limit
        if after is not None:
            request["ExclusiveStartKey"] = after
        answer = self._call("query", **request)
        items = tuple(from_attributes(attributes) for attributes in answer["Items"])
        return Found(items, answer.get("LastEvaluatedKey"))

    # Writes

    def write(self, write: Write) -> Item:
        """Do one write; return the item after an update, nothing after others.

        Raises:
            Exception: the write's own refusal, when its condition does not hold.
            StaleError: when others were writing the item at each of the tries.
        """
        operation = {Put: "put_item", Update: "update_item", Delete: "delete_item"}[type(write)]
        request = write.request(self._name)
        del request["TableName"]
        if isinstance(write, Update):
            request["ReturnValues"] = "ALL_NEW"

        def attempt() -> Any:
            try:
                return self._call(operation, **request)
            except ClientError as error:
                if code_of(error) == "ConditionalCheckFailedException":
                    response: Mapping[str, Any] = error.response
                    raise write.refusal(from_attributes(response.get("Item", {}))) from error
                raise

        return from_attributes(self._through_conflicts(attempt).get("Attributes", {}))

    def transact(self, writes: Sequence[Write]) -> None:
        """Do all writes or none. Where several conditions fail, the first write's refusal is raised.

        Raises:
            Exception: a write's own refusal.
            StaleError: when others were writing the same items at each of the tries.
            ValueError: when there are more actions than a transaction holds.
        """
        if len(writes) > MAX_ACTIONS:
            raise ValueError(f"A transaction holds {MAX_ACTIONS} actions; this change has {len(writes)}.")
        actions = [{type(write).__name__: write.request(self._name)} for write in writes]

        def attempt() -> None:
            try:
                self._call("transact_write_items", table=False, TransactItems=actions)
            except ClientError as error:
                if code_of(error) == "TransactionCanceledException":
                    _raise_refusal(error, writes)
                raise

        self._through_conflicts(attempt)

    def _through_conflicts(self, attempt: Callable[[], Any]) -> Any:
        pause = FIRST_PAUSE_SECONDS
        for tries_left in reversed(range(CONFLICT_TRIES)):
            try:
                return attempt()
            except ClientError as error:
                if not codes_of(error) & _BUSY:
                    raise
                if not tries_left:
                    raise StaleError("Others are writing the same records.") from error
            self._sleep(pause * self._jitter())
            pause *= 2
        raise AssertionError("The last try returns or raises.")

    def give_way(self) -> None:
        """Wait a moment, before a lost race is run again: those who race are spread out."""
        self._sleep(FIRST_PAUSE_SECONDS * self._jitter())

    # Calls

    def _call(self, operation: str, *, table: bool = True, **request: Any) -> Any:
        if table:
            request["TableName"] = self._name
        try:
            answer = getattr(self._client, operation)(ReturnConsumedCapacity="TOTAL", **request)
        except ClientError as error:
            self.meter.calls[operation] += 1
            failed = error.response["ResponseMetadata"]["HTTPStatusCode"] >= 500
            if failed or code_of(error) in _THROTTLED:
                raise StoreUnavailableError("The store failed, or is too busy.") from error
            raise
        except BotoCoreError as error:
            raise StoreUnavailableError("The store did not answer.") from error
        self.meter.calls[operation] += 1
        self._count(operation, answer.get("ConsumedCapacity"))
        return answer

    def _count(self, operation: str, consumed: Any) -> None:
        for part in consumed if isinstance(consumed, list) else [consumed or {}]:
            units = float(part.get("CapacityUnits", 0))
            if operation in {"get_item", "batch_get_item", "query"}:
                self.meter.read_units += units
            else:
                self.meter.write_units += units


def code_of(error: ClientError) -> str:
    """Return the code of a refusal."""
    return str(error.response["Error"]["Code"])


def codes_of(error: ClientError) -> set[str]:
    """Return the codes of a refusal: its own, and those of a cancelled transaction's actions."""
    return {code_of(error), *(reason.get("Code", "") for reason in _reasons(error))}


def _reasons(error: ClientError) -> list[dict[str, Any]]:
    response: Mapping[str, Any] = error.response
    return list(response.get("CancellationReasons", ()))


def _raise_refusal(error: ClientError, writes: Sequence[Write]) -> NoReturn:
    for write, reason in zip(writes, _reasons(error), strict=False):
        if reason.get("Code") == "ConditionalCheckFailed":
            raise write.refusal(from_attributes(reason.get("Item", {}))) from error
    raise error
