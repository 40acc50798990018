"""Mail that the program sent, as a real server received it."""

import queue
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Mailbox:
    """Hands over each mail once, waiting for it."""

    port: int = 0
    arrived: "queue.Queue[tuple[list[str], EmailMessage]]" = field(default_factory=queue.Queue)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's name
        content = envelope.content
        assert isinstance(content, bytes)
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.arrived.put((list(envelope.rcpt_tos), message))
        return "250 kept"

    def next_to(self, address: str, *, within: float = 10) -> str:
        """The text of the next mail to this address."""
        while True:
            recipients, message = self.arrived.get(timeout=within)
            if address in recipients:
                body = message.get_body(("plain",))
                assert body is not None
                return str(body.get_content())
