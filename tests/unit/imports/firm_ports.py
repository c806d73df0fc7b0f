"""The ports of a firm, for imports."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Protocol, cast

from feenote.domain.records import Firm
from feenote.service.import_files import FileFormat, ImportResult, import_bills
from feenote.service.ports import Bills, Books, Ports, Records
from tests.fakes.ids import FakeIds
from tests.fakes.signals import FakeSignals
from tests.fakes.store import FakeStore

FIRM = "firm_1"
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class ImportStore(Protocol):
    """The part of a store that imports use."""

    @property
    def records(self) -> Records:
        """Return clients and matters."""
        ...

    @property
    def bills(self) -> Bills:
        """Return bills."""
        ...

    @property
    def books(self) -> Books:
        """Return the money."""
        ...


class FirmPorts:
    """A store, in memory unless another is given, with one firm in it, ids and signals."""

    def __init__(self, store: ImportStore | None = None) -> None:
        kept = store or FakeStore()
        self.records = kept.records
        self.bills = kept.bills
        self.books = kept.books
        self.ids = FakeIds()
        self.signals = FakeSignals()
        self.records.put_firm(Firm(FIRM, "Hale LLP", payment_terms_days=14, version=1))

    @property
    def ports(self) -> Ports:
        """Return the ports that imports use."""
        return cast("Ports", self)

    def import_ledes(self, text: str, *, approve: bool = False) -> tuple[ImportResult, ...]:
        """Import a file of LEDES 1998B."""
        return import_bills(
            self.ports,
            firm_id=FIRM,
            text=text,
            file_format=FileFormat.LEDES_1998B,
            approve=approve,
            actor="usr_1",
            now=NOW,
        )
