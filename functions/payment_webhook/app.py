"""The payment processor's notices into the books."""

from __future__ import annotations

from aws_lambda_powertools.event_handler import Response

from feenote import bootstrap
from feenote.api.webhooks import STRIPE_API_VERSION, Webhooks, notice_of, taken
from feenote.service.take_processor_event import take_processor_event

webhooks = Webhooks()
handler = webhooks.resolve


@webhooks.post("/webhooks/stripe")
def take() -> Response[str]:
    """Verify a notice and do what it asks for."""
    body, signature = notice_of(webhooks.current_event.raw_event)
    outcome = take_processor_event(
        bootstrap.system(),
        body=body,
        signature=signature,
        api_version=STRIPE_API_VERSION,
        now=bootstrap.clock().now(),
    )
    return taken(outcome)
