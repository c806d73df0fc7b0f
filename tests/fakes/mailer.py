"""A mail provider that keeps what it is given."""

from __future__ import annotations

from feenote.adapters.mime import compose
from feenote.service.ports import MailOutcomeUnknownError, OutgoingMail

FROM_ADDRESS = "bills@firm.example"


class FakeMailer:
    """Accept mails, or fail as the list `answers` says, one entry for each call; None accepts.

    A mail whose answer is lost (`MailOutcomeUnknownError`) is in `sent` all the same: it may have gone out.
    What no mail can hold is refused as the adapter refuses it.
    """

    def __init__(self) -> None:
        self.sent: list[OutgoingMail] = []
        self.calls = 0
        self.answers: list[Exception | None] = []

    def send(self, mail: OutgoingMail) -> str:
        """Accept a mail; return its number as the provider's id."""
        self.calls += 1
        compose(mail, from_address=FROM_ADDRESS)
        answer = self.answers.pop(0) if self.answers else None
        if answer is None or isinstance(answer, MailOutcomeUnknownError):
            self.sent.append(mail)
        if answer is not None:
            raise answer
        return f"ses-{len(self.sent):06d}"
