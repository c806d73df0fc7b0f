"""How the tests of costs measure: calls and units of what runs within a block, and the bytes of an item."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from feenote.adapters.dynamodb.attributes import to_attributes
from local.dynamodb.values import item_size
from tests.integration.dynamodb.stores import DynamoStore


class Cost:
    """Calls and units of what ran within `measured`."""

    calls: int = 0
    read: float = 0.0
    written: float = 0.0


@contextmanager
def measured(dynamo: DynamoStore) -> Iterator[Cost]:
    """Count what the table is asked for."""
    meter, cost = dynamo.table.meter, Cost()
    calls, read, written = dynamo.calls(), meter.read_units, meter.write_units
    yield cost
    cost.calls, cost.read = dynamo.calls() - calls, meter.read_units - read
    cost.written = meter.write_units - written


def bytes_of(item: Mapping[str, Any]) -> int:
    """Return what an item counts, its bytes as they go over the wire."""
    attributes = to_attributes(item)
    on_the_wire = {
        name: {"B": base64.b64encode(value["B"]).decode()} if "B" in value else value
        for name, value in attributes.items()
    }
    return item_size(on_the_wire)
