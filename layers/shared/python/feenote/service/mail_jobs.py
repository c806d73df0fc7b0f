"""From a stored message to the job that carries it to the worker."""

from __future__ import annotations

from feenote.domain.deliveries import Delivery
from feenote.service.ports import MailJob


def job_of(delivery: Delivery) -> MailJob:
    """Return the job of a delivery: ids, and what its link needs to be stored with the claim."""
    return MailJob(
        firm_id=delivery.firm_id,
        delivery_id=delivery.id,
        client_id=delivery.client_id,
        contact_id=delivery.contact_id,
        bill_id=delivery.bill_id,
        payment_id=delivery.payment_id,
        kind=delivery.kind,
        link_days=delivery.link_days,
        accept_all_unpaid=delivery.accept_all_unpaid,
        matter_ids=delivery.matter_ids,
        send_id=delivery.send_id,
        wording_id=delivery.wording_id,
        lane=delivery.lane,
        recipients=len(delivery.addresses),
        visibility=delivery.visibility,
    )
