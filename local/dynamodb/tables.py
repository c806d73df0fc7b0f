"""What a table is: its keys, indexes and settings, and what they demand of an item."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from local.dynamodb.errors import ValidationError
from local.dynamodb.values import Item, Value, key_bytes, type_of, value_size

MAX_HASH_BYTES = 2048
MAX_SORT_BYTES = 1024
_INVALID = "One or more parameter values were invalid: "
_NOT_VALID = "One or more parameter values are not valid. "
_INDEXES_A_TABLE = 1_000_000  # room for the numbers of all indexes a table ever had
WRONG_KEY = "The provided key element does not match the schema"

# A key's place in the store: the bytes of its partition key and of its sort key (empty without one).
Place = tuple[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Keys:
    """The names of the partition key and, if there is one, of the sort key."""

    hash: str
    sort: str | None

    @property
    def names(self) -> tuple[str, ...]:
        """The names, partition key first."""
        return (self.hash,) if self.sort is None else (self.hash, self.sort)


@dataclass(frozen=True, slots=True)
class Index:
    """A secondary index. `projected` is None when it holds whole items."""

    number: int
    name: str
    keys: Keys
    local: bool
    projected: frozenset[str] | None

    def entry(self, item: Item) -> Item | None:
        """Return what the index holds of an item, or None when it lacks one of the index's keys."""
        if any(name not in item for name in self.keys.names):
            return None
        if self.projected is None:
            return item
        return {name: value for name, value in item.items() if name in self.projected}


@dataclass(frozen=True)
class Table:
    """A table as the engine works with it. `definition` is what was asked for, as on the wire."""

    number: int
    name: str
    definition: dict[str, Any]
    keys: Keys = field(init=False)
    types: dict[str, str] = field(init=False)
    indexes: tuple[Index, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Read keys, types and indexes out of the definition."""
        put = object.__setattr__
        put(self, "keys", _read_keys(self.definition["KeySchema"]))
        put(
            self,
            "types",
            {one["AttributeName"]: one["AttributeType"] for one in self.definition["AttributeDefinitions"]},
        )
        put(self, "indexes", tuple(self._read_indexes()))

    def _read_indexes(self) -> list[Index]:
        found: list[Index] = []
        for kind in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes"):
            for given in self.definition.get(kind) or []:
                keys = _read_keys(given["KeySchema"])
                projection = given["Projection"]
                projected: frozenset[str] | None = None
                if projection["ProjectionType"] != "ALL":
                    projected = frozenset(
                        (*self.keys.names, *keys.names, *projection.get("NonKeyAttributes", []))
                    )
                local = kind == "LocalSecondaryIndexes"
                number = self.number * _INDEXES_A_TABLE + given["Number"]
                found.append(Index(number, given["IndexName"], keys, local, projected))
        return found

    @property
    def ttl_attribute(self) -> str | None:
        """The attribute that says when an item expires, in seconds since 1970."""
        found: str | None = self.definition.get("TimeToLiveAttribute")
        return found

    @property
    def stream_view(self) -> str | None:
        """What the stream records, such as NEW_AND_OLD_IMAGES; None without a stream."""
        stream = self.definition.get("StreamSpecification") or {}
        view: str | None = stream.get("StreamViewType") if stream.get("StreamEnabled") else None
        return view

    def index(self, name: str) -> Index:
        """Return the index of that name.

        Raises:
            ValidationError: there is none.
        """
        for index in self.indexes:
            if index.name == name:
                return index
        raise ValidationError(f"The table does not have the specified index: {name}")

    def place(self, key: Item) -> Place:
        """Return where the item of a key (and of nothing but a key) stands.

        Raises:
            ValidationError: the key has other attributes or types than the table's.
        """
        if len(key) != len(self.keys.names):
            raise ValidationError(WRONG_KEY)
        for name in self.keys.names:
            if name not in key or type_of(key[name]) != self.types[name]:
                raise ValidationError(WRONG_KEY)
        return self._checked_place(key)

    def place_of_item(self, item: Item) -> Place:
        """Return where a whole item stands.

        Raises:
            ValidationError: a key attribute is missing, empty, too long or of another type.
        """
        for name in self.keys.names:
            if name not in item:
                raise ValidationError(f"{_INVALID}Missing the key {name} in the item")
            actual = type_of(item[name])
            if actual != self.types[name]:
                raise ValidationError(
                    f"{_INVALID}Type mismatch for key {name} expected: {self.types[name]} actual: {actual}"
                )
        return self._checked_place(item)

    def _checked_place(self, item: Item) -> Place:
        for name in self.keys.names:
            if empty := _emptiness(item[name]):
                raise ValidationError(
                    f"{_NOT_VALID}The AttributeValue for a key attribute cannot contain an empty {empty} "
                    f"value. Key: {name}"
                )
        if value_size(item[self.keys.hash]) > MAX_HASH_BYTES:
            raise ValidationError(
                f"{_INVALID}Size of hashkey has exceeded the maximum size limit of2048 bytes"
            )
        if self.keys.sort is None:
            return key_bytes(item[self.keys.hash]), b""
        if value_size(item[self.keys.sort]) > MAX_SORT_BYTES:
            raise ValidationError(
                f"{_INVALID}Aggregated size of all range keys has exceeded the size limit of 1024 bytes"
            )
        return key_bytes(item[self.keys.hash]), key_bytes(item[self.keys.sort])

    def check_index_keys(self, item: Item) -> None:
        """Refuse an item whose attributes cannot be keys of the table's indexes.

        Raises:
            ValidationError: one has another type, is empty or too long.
        """
        for index in self.indexes:
            for name in index.keys.names:
                if name in item and name not in self.keys.names:
                    self._check_index_key(index, name, item[name])

    def fits_index(self, index: Index, item: Item) -> bool:
        """Tell whether an item that was there before an index can be in it."""
        try:
            for name in index.keys.names:
                if name in item and name not in self.keys.names:
                    self._check_index_key(index, name, item[name])
        except ValidationError:
            return False
        return True

    def _check_index_key(self, index: Index, name: str, value: Value) -> None:
        actual = type_of(value)
        if actual != self.types[name]:
            raise ValidationError(
                f"{_INVALID}Type mismatch for Index Key {name} Expected: {self.types[name]} "
                f"Actual: {actual} IndexName: {index.name}"
            )
        if empty := _emptiness(value):
            raise ValidationError(
                f"{_NOT_VALID}A value specified for a secondary index key is not supported. "
                f"The AttributeValue for a key attribute cannot contain an empty {empty} value. "
                f"IndexName: {index.name}, IndexKey: {name}"
            )
        limit = MAX_HASH_BYTES if name == index.keys.hash else MAX_SORT_BYTES
        if value_size(value) > limit:
            part = "hashkey" if name == index.keys.hash else "rangekey"
            raise ValidationError(
                f"{_INVALID}Size of {part} has exceeded the maximum size limit of {limit} bytes"
            )

    def index_place(self, index: Index, item: Item) -> Place:
        """Return where an item stands in an index, before the table's own key breaks ties."""
        sort = index.keys.sort
        return key_bytes(item[index.keys.hash]), key_bytes(item[sort]) if sort else b""

    def key_of(self, item: Item) -> Item:
        """Return an item's key attributes."""
        return {name: item[name] for name in self.keys.names}


def _emptiness(value: Value) -> str | None:
    if value in ({"S": ""}, {"B": ""}):
        return "string" if "S" in value else "binary"
    return None


def _read_keys(schema: list[dict[str, str]]) -> Keys:
    sort = schema[1]["AttributeName"] if len(schema) > 1 else None
    return Keys(schema[0]["AttributeName"], sort)
