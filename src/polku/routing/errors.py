"""What can go wrong in routing, by name."""


class NotAssignable(Exception):
    """The user cannot take the lead: not active."""

    def __init__(self, user_id: int) -> None:
        super().__init__(f"user {user_id}")
        self.user_id = user_id


class NotInOverflow(Exception):
    """Somebody was quicker: the lead no longer waits for anybody."""

    def __init__(self, lead_id: int) -> None:
        super().__init__(f"lead {lead_id}")
        self.lead_id = lead_id
