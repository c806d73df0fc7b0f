"""Counts come out as CloudWatch's embedded metrics, logs as lines of JSON."""

from __future__ import annotations

import io
import json

import pytest
from aws_lambda_powertools import Logger

from feenote.adapters.signals import PowertoolsSignals


@pytest.fixture
def log() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def signals(log: io.StringIO, request: pytest.FixtureRequest) -> PowertoolsSignals:
    # Powertools keeps a logger, with its stream, for each name of a service.
    return PowertoolsSignals(Logger(service=request.node.nodeid, stream=log))


class TestACount:
    def test_is_written_at_once_as_a_metric(
        self, signals: PowertoolsSignals, capsys: pytest.CaptureFixture[str]
    ) -> None:
        signals.count("PaymentBooked", 2)

        written = json.loads(capsys.readouterr().out)
        [described] = written["_aws"]["CloudWatchMetrics"]
        assert described["Namespace"] == "Feenote"
        assert described["Metrics"] == [{"Name": "PaymentBooked", "Unit": "Count"}]
        assert written["PaymentBooked"] == [2.0]

    @pytest.mark.parametrize("name", ["payment_booked", "Payment bill_1", "", "Payment1"])
    def test_has_a_constant_name(self, signals: PowertoolsSignals, name: str) -> None:
        with pytest.raises(ValueError, match="not the name"):
            signals.count(name)


class TestALine:
    def test_holds_the_event_and_its_ids(self, signals: PowertoolsSignals, log: io.StringIO) -> None:
        signals.info("bill.send", bill_id="bill_1", outcome="sent")

        line = json.loads(log.getvalue())
        assert (line["message"], line["bill_id"], line["outcome"]) == ("bill.send", "bill_1", "sent")
        assert line["level"] == "INFO"

    @pytest.mark.parametrize("event", ["Bill sent to Ann", "bill", "bill.send.bill_1", ""])
    def test_has_a_constant_dotted_name(self, signals: PowertoolsSignals, event: str) -> None:
        with pytest.raises(ValueError, match="not the name"):
            signals.info(event)
