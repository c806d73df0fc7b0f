"""A client of the table that meets conflicts as DynamoDB makes them: two writes of one item at one moment.

The engine in the process does one request after another. Here a write holds its items for a while, as it does
over the network, and another that wants one of them meanwhile is refused.
"""

from __future__ import annotations

import threading
import time
from typing import Any

from botocore.exceptions import ClientError


class ContendedClient:
    """Passes all on to a client; writes hold their items for so many seconds."""

    def __init__(self, client: Any, *, seconds: float) -> None:
        self._client = client
        self._seconds = seconds
        self._lock = threading.Lock()
        self._held: set[tuple[str, str]] = set()
        self.conflicts = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def transact_write_items(self, **request: Any) -> Any:
        """Do a transaction unless one of its items is held."""
        actions = [next(iter(action.values())) for action in request["TransactItems"]]
        self._hold([_place(action) for action in actions])
        return self._client.transact_write_items(**request)

    def update_item(self, **request: Any) -> Any:
        """Do an update unless its item is held."""
        self._hold([_place(request)])
        return self._client.update_item(**request)

    def put_item(self, **request: Any) -> Any:
        """Do a put unless its item is held."""
        self._hold([_place(request)])
        return self._client.put_item(**request)

    def _hold(self, places: list[tuple[str, str]]) -> None:
        """Hold items for as long as a transaction takes; the engine then does it in no time of its own."""
        with self._lock:
            if self._held.intersection(places):
                self.conflicts += 1
                raise _conflict([place in self._held for place in places])
            self._held.update(places)
        time.sleep(self._seconds)
        with self._lock:
            self._held.difference_update(places)


def _place(action: dict[str, Any]) -> tuple[str, str]:
    key = action.get("Key") or action["Item"]
    return key["pk"]["S"], key["sk"]["S"]


def _conflict(met: list[bool]) -> ClientError:
    reasons = [{"Code": "TransactionConflict" if each else "None"} for each in met]
    response: Any = {
        "Error": {"Code": "TransactionCanceledException", "Message": "Transaction cancelled"},
        "ResponseMetadata": {"HTTPStatusCode": 400},
        "CancellationReasons": reasons,
    }
    return ClientError(response, "TransactWriteItems")
