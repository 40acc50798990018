"""What can go wrong in routing, by name."""


class NotAssignable(Exception):
    """The user cannot take the lead: not active."""

    def __init__(self, user_id: int) -> None:
        super().__init__(f"user {user_id}")
        self.user_id = user_id
