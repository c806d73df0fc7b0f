"""Reports of reconciliations, kept for as long as somebody may ask about them."""

from __future__ import annotations

from datetime import timedelta

from feenote.adapters.dynamodb import items, keys
from feenote.adapters.dynamodb.paging import Asked, Cursors, Lane, page_of
from feenote.adapters.dynamodb.table import Table
from feenote.adapters.dynamodb.writes import NEW, Condition, Put
from feenote.domain.reconciliation import Reconciliation
from feenote.service.ports import Page, StaleError

KEPT_FOR = timedelta(days=400)


class DynamoReconciliations:
    """The port `Reconciliations` over the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def put(self, run: Reconciliation) -> None:
        """Store a run."""
        item = {
            **items.to_item(run),
            "expires_at_epoch": int((run.started_at + KEPT_FOR).timestamp()),
            "gsi1pk": keys.reconciliations(run.firm_id),
            "gsi1sk": keys.at_time(run.started_at, run.id),
        }
        before = run.version - 1
        condition = Condition("#version = :before", {"before": before}) if before else Condition(NEW)
        self._table.write(
            Put(
                keys.reconciliation(run.firm_id, run.id),
                item,
                condition,
                lambda _: StaleError("The reconciliation is not what was read."),
            )
        )

    def get(self, firm_id: str, reconciliation_id: str) -> Reconciliation:
        """Return a run."""
        found = self._table.get(keys.reconciliation(firm_id, reconciliation_id))
        if found is None:
            raise KeyError(reconciliation_id)
        return items.from_item(Reconciliation, found)

    def latest(self, firm_id: str, *, limit: int, cursor: str | None) -> Page[Reconciliation]:
        """List a firm's runs, latest first."""
        cursors = Cursors("reconciliations", firm_id)
        asked = Asked(limit, cursors.read(cursor), descending=True)
        lane = Lane(keys.reconciliations(firm_id), "gsi1")
        return page_of(
            self._table, [lane], asked, cursors, lambda item: items.from_item(Reconciliation, item)
        )
