"""What an operator reads: each task and alarm has a runbook, and Stripe is told the right events."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from feenote.adapters.stripe.listing import EVENT_TYPES
from feenote.domain.events import TaskKind

ROOT = Path(__file__).resolve().parents[2]
RUNBOOKS = ROOT / "docs/runbooks"
WEBHOOK_ALONE = {"charge.refunded", "charge.refund.updated"}
"""They repeat what other events say, so reconciliation does not read them."""


def written() -> str:
    """Return all runbooks as one text."""
    return "\n".join(path.read_text() for path in sorted(RUNBOOKS.glob("*.md")))


def counted_alarms() -> list[str]:
    """Return the metrics of ours that alarms watch."""
    found = re.findall(r"Namespace: Feenote\n\s+MetricName: (\w+)", (ROOT / "infra/alarms.yaml").read_text())
    return sorted(set(found))


class TestRunbooks:
    @pytest.mark.parametrize("kind", list(TaskKind))
    def test_name_every_kind_of_task(self, kind: TaskKind) -> None:
        assert f"`{kind}`" in written()

    def test_name_every_metric_that_rings(self) -> None:
        assert len(counted_alarms()) >= 5
        assert [name for name in counted_alarms() if f"`{name}`" not in written()] == []

    def test_are_all_in_the_list(self) -> None:
        listed = set(re.findall(r"\]\(([a-z-]+\.md)\)", (RUNBOOKS / "README.md").read_text()))
        assert listed == {path.name for path in RUNBOOKS.glob("*.md")} - {"README.md"}

    def test_enable_the_events_that_are_taken(self) -> None:
        text = (RUNBOOKS / "connect-stripe.md").read_text()
        (listed,) = re.findall(r"```\n(.*?)```", text, re.DOTALL)
        assert set(listed.split()) == {*EVENT_TYPES, *WEBHOOK_ALONE}
