"""What AWS asks for what the product uses: list prices without free tiers or discounts, in US dollars.

As of November 2026, for us-east-1. Where they can be checked:
https://aws.amazon.com/dynamodb/pricing/on-demand/, https://aws.amazon.com/lambda/pricing/,
https://aws.amazon.com/sqs/pricing/, https://aws.amazon.com/ses/pricing/ and
https://aws.amazon.com/eventbridge/pricing/.
"""

from __future__ import annotations

from dataclasses import dataclass

MILLION = 1_000_000
READ_UNIT = 0.125 / MILLION
WRITE_UNIT = 0.625 / MILLION
LAMBDA_GB_SECOND = 0.0000133334
"""On arm64."""
LAMBDA_REQUEST = 0.20 / MILLION
QUEUE_REQUEST = 0.40 / MILLION
QUEUE_REQUESTS_OF_A_MESSAGE = 3
"""Put, received, deleted; each of them alone, though up to ten go together."""
MAIL = 0.10 / 1000
SCHEDULE = 1.00 / MILLION


@dataclass(frozen=True, slots=True)
class Use:
    """How much of each is used."""

    read_units: float = 0.0
    write_units: float = 0.0
    gb_seconds: float = 0.0
    requests: float = 0.0
    """Of functions."""
    messages: float = 0.0
    """Through a queue."""
    mails: float = 0.0
    schedules: float = 0.0

    def __add__(self, other: Use) -> Use:
        """Return both together."""
        return Use(
            self.read_units + other.read_units,
            self.write_units + other.write_units,
            self.gb_seconds + other.gb_seconds,
            self.requests + other.requests,
            self.messages + other.messages,
            self.mails + other.mails,
            self.schedules + other.schedules,
        )

    def __mul__(self, times: float) -> Use:
        """Return so many times as much."""
        return Use(
            self.read_units * times,
            self.write_units * times,
            self.gb_seconds * times,
            self.requests * times,
            self.messages * times,
            self.mails * times,
            self.schedules * times,
        )

    def dollars(self) -> dict[str, float]:
        """Return what each part costs."""
        return {
            "table": self.read_units * READ_UNIT + self.write_units * WRITE_UNIT,
            "functions": self.gb_seconds * LAMBDA_GB_SECOND + self.requests * LAMBDA_REQUEST,
            "queues": self.messages * QUEUE_REQUESTS_OF_A_MESSAGE * QUEUE_REQUEST,
            "schedule": self.schedules * SCHEDULE,
            "mail": self.mails * MAIL,
        }
