"""What kind of address an e-mail domain gives: a company's, a free provider's or a throw-away one's."""

from disposable_email_domains import blocklist

from polku.rules.data import lines
from polku.rules.facts import MailKind

FREE = frozenset(domain for line in lines("free_mail.txt") for domain in line.split())
DISPOSABLE = frozenset(blocklist)


def mail_kind(domain: str) -> MailKind:
    """The kind of a domain in lower-case ASCII. A host below a throw-away domain is throw-away too."""
    if domain in FREE:
        return MailKind.FREE
    if any(parent in DISPOSABLE for parent in _with_parents(domain)):
        return MailKind.DISPOSABLE
    return MailKind.COMPANY


def _with_parents(domain: str) -> tuple[str, ...]:
    labels = domain.split(".")
    return tuple(".".join(labels[start:]) for start in range(len(labels) - 1))
