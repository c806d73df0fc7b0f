"""What became of a mail: accepted, delivered, delayed, bounced, complained of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from feenote import bootstrap
from feenote.api.mail_notices import notice_in
from feenote.api.queues import each_message
from feenote.service.take_notice import take_notice


def handler(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Take each notice of a batch; return those that the queue shall bring again."""
    return each_message(event, context, _take)


def _take(body: str) -> None:
    told = notice_in(body)
    if told is None:
        return
    take_notice(
        bootstrap.system(),
        firm_id=told.firm_id,
        delivery_id=told.delivery_id,
        notice=told.notice,
        message_id=told.message_id,
        at=told.at,
        addresses=told.addresses,
        sub_type=told.sub_type,
        status=told.status,
    )
