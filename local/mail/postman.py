"""Carries accepted mail to nobody, and publishes what would have become of it."""

from __future__ import annotations

import json
import queue
import re
import threading
from typing import TYPE_CHECKING

from local.mail.notices import Notice, notice_document

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from local.mail.letters import Letter
    from local.resources.makers import NoticeDestination

_SIMULATOR = re.compile(r"(\w+)(?:\+[^@]*)?@simulator\.amazonses\.com", re.IGNORECASE)


class Postman:
    """Publishes notices to the topics of a mail's configuration set, one after the other, in a thread.

    Addresses of SES's mailbox simulator act as they do there; all others receive their mail. An address that
    bounced for good or complained is on the account's suppression list: what is sent to it later bounces.
    """

    def __init__(
        self,
        *,
        publish: Callable[[str, str], None],
        configuration_sets: Mapping[str, Sequence[NoticeDestination]],
        now: Callable[[], datetime],
    ) -> None:
        """Publish by `publish(topic_arn, text)`."""
        self._publish = publish
        self._configuration_sets = configuration_sets
        self._now = now
        self._accepted: queue.SimpleQueue[Letter | None] = queue.SimpleQueue()
        self._waiting = 0
        self._counting = threading.Condition()
        self.suppressed: set[str] = set()

    def start(self) -> None:
        """Work in a thread until `stop`."""
        threading.Thread(target=self._work, name="postman", daemon=True).start()

    def stop(self) -> None:
        """End the thread when it has finished what it holds."""
        self._accepted.put(None)

    def take(self, letter: Letter) -> None:
        """Take a mail on its way; its notices follow."""
        with self._counting:
            self._waiting += 1
        self._accepted.put(letter)

    def wait_until_idle(self, timeout_s: float) -> bool:
        """Return whether, within the time, all notices so far were published."""
        with self._counting:
            return self._counting.wait_for(lambda: self._waiting == 0, timeout_s)

    def publish(
        self,
        letter: Letter,
        notice: Notice,
        *,
        recipients: tuple[str, ...] | None = None,
        bounce_type: str = "Permanent",
        bounce_sub_type: str = "General",
    ) -> int:
        """Publish one notice now; return to how many topics it went."""
        document = notice_document(
            letter,
            notice,
            at=self._now(),
            recipients=recipients,
            bounce_type=bounce_type,
            bounce_sub_type=bounce_sub_type,
        )
        if notice is Notice.COMPLAINT or (notice is Notice.BOUNCE and bounce_type == "Permanent"):
            self._suppress(recipients or letter.recipients)
        topics = [
            destination.topic_arn
            for destination in self._configuration_sets.get(letter.configuration_set or "", ())
            if notice.value in destination.event_types
        ]
        for topic in topics:
            self._publish(topic, json.dumps(document))
        return len(topics)

    def _suppress(self, recipients: tuple[str, ...]) -> None:
        self.suppressed.update(
            recipient.lower() for recipient in recipients if not _SIMULATOR.fullmatch(recipient)
        )

    def _work(self) -> None:
        while (letter := self._accepted.get()) is not None:
            try:
                self._carry(letter)
            finally:
                with self._counting:
                    self._waiting -= 1
                    self._counting.notify_all()

    def _carry(self, letter: Letter) -> None:
        self.publish(letter, Notice.SEND)
        for recipient in letter.recipients:
            simulated = _SIMULATOR.fullmatch(recipient)
            behaviour = simulated.group(1).lower() if simulated else "success"
            if recipient.lower() in self.suppressed:
                self._bounce(letter, recipient, "OnAccountSuppressionList")
            elif behaviour == "bounce":
                self._bounce(letter, recipient, "General")
            elif behaviour == "suppressionlist":
                self._bounce(letter, recipient, "Suppressed")
            else:
                self.publish(letter, Notice.DELIVERY, recipients=(recipient,))
                if behaviour == "complaint":
                    self.publish(letter, Notice.COMPLAINT, recipients=(recipient,))

    def _bounce(self, letter: Letter, recipient: str, sub_type: str) -> None:
        self.publish(letter, Notice.BOUNCE, recipients=(recipient,), bounce_sub_type=sub_type)
