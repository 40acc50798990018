"""What can go wrong in qualification, by name."""


class NotToAccept(Exception):
    """The lead is not waiting for sales any more: somebody accepted, rejected or closed it meanwhile."""

    def __init__(self, lead_id: int, stage: str) -> None:
        super().__init__(f"lead {lead_id} is {stage}")
        self.lead_id = lead_id
        self.stage = stage


class UnknownReason(Exception):
    """The playbook in force has no such rejection reason."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class WakeDateNeeded(Exception):
    """Nurture until a date needs the date."""


class MovedMeanwhile(Exception):
    """Somebody moved the lead to another stage since the user looked."""

    def __init__(self, lead_id: int, stage: str) -> None:
        super().__init__(f"lead {lead_id} is {stage}")
        self.lead_id = lead_id
        self.stage = stage


class AnsweredMeanwhile(Exception):
    """Somebody answered BANT since the user looked."""
