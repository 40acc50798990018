"""Why a form, or what was sent with it, was not taken."""

from collections.abc import Mapping


class PayloadRefused(Exception):
    """What was sent cannot be read at all; `message` is translated and says the fix."""

    def __init__(self, message: str, *, status: int = 400) -> None:
        self.message = message
        self.status = status
        super().__init__(message)


class SubmissionInvalid(Exception):
    """Some values need mending: translated messages by field name."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        super().__init__(", ".join(self.problems))


class OriginRefused(Exception):
    """The form was sent from a website that may not show it."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        super().__init__(origin)


class TooManySubmissions(Exception):
    """The sender, or everybody together, sends faster than a form may be sent."""

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(str(retry_after))


class FormNotFound(LookupError):
    """There is no such form, or the user may not see it."""


class FormNotInUse(Exception):
    """The form exists and was taken out of use."""


class SubmissionNotFound(LookupError):
    """There is no such submission of this form."""
