"""Stop a send, and take it up again."""

from __future__ import annotations

from datetime import datetime

from feenote.domain.sends import Send, SendState
from feenote.service.errors import ConflictError
from feenote.service.follow_send import Progress, SendProgress, send_progress
from feenote.service.ports import Ports
from feenote.service.send_bills import CHUNK_WITHIN, hand_chunks_over


def stop_send(ports: Ports, *, firm_id: str, send_id: str, actor: str, now: datetime) -> SendProgress:
    """Stop a send: what a worker has in hand still goes out, nothing after it. To stop twice is once.

    Raises:
        NotFoundError: when the firm has no such send.
        ConflictError: when nothing is left to stop.
    """
    progress = send_progress(ports, firm_id=firm_id, send_id=send_id)
    if progress.progress is Progress.DONE:
        raise ConflictError("This send is done: there is nothing left to stop.")
    if progress.send.state is SendState.RUNNING:
        ports.sends.stop(progress.send, by=actor, at=now)
        ports.signals.info("send.stopped", send_id=send_id)
    return send_progress(ports, firm_id=firm_id, send_id=send_id)


def resume_send(ports: Ports, *, firm_id: str, send_id: str, actor: str, now: datetime) -> SendProgress:
    """Take a stopped send up again: no message goes out twice. To resume a running one changes nothing.

    Raises:
        NotFoundError: when the firm has no such send.
    """
    progress = send_progress(ports, firm_id=firm_id, send_id=send_id)
    send: Send = progress.send
    if send.state is SendState.STOPPED:
        ports.sends.resume(send, by=actor, at=now, expected_at=now + CHUNK_WITHIN)
        hand_chunks_over(ports, send)
        ports.signals.info("send.resumed", send_id=send_id)
    return send_progress(ports, firm_id=firm_id, send_id=send_id)
