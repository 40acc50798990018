"""What can go wrong with playbook versions, by name."""


class NoPlaybookInForce(Exception):
    """Nothing can be scored, qualified or routed before a playbook is in force."""


class UnknownVersion(Exception):
    def __init__(self, number: int) -> None:
        super().__init__(f"version {number}")
        self.number = number


class WrongState(Exception):
    """The version has gone on meanwhile: what was asked is not possible in this state."""

    def __init__(self, number: int, state: str) -> None:
        super().__init__(f"version {number} is {state}")
        self.number = number
        self.state = state


class NothingToAgree(Exception):
    """The draft says exactly what is in force."""

    def __init__(self, number: int) -> None:
        super().__init__(f"the same as version {number}")
        self.number = number


class TextChanged(Exception):
    """Somebody saved another text than the one that was seen."""

    def __init__(self, seen: str, current: str) -> None:
        super().__init__(f"{seen[:12]} was seen, {current[:12]} is current")
        self.seen = seen
        self.current = current


class NotTheirDepartment(Exception):
    """Only the lead of a department signs for it."""

    def __init__(self, department: str) -> None:
        super().__init__(department)
        self.department = department


class SignedAlready(Exception):
    """The department, or this very person, has signed already; nobody signs for both."""

    def __init__(self, department: str, name: str) -> None:
        super().__init__(f"{name} for {department}")
        self.department = department
        self.name = name


class UnknownSignature(Exception):
    """There is no such signature that stands, or it is somebody else's."""


class NotSigned(Exception):
    """Only what both departments signed comes into force."""

    def __init__(self, number: int) -> None:
        super().__init__(f"version {number}")
        self.number = number


class UnknownComment(Exception):
    def __init__(self, comment_id: int) -> None:
        super().__init__(f"comment {comment_id}")
        self.comment_id = comment_id


class UnknownPlace(Exception):
    """The text has no such place to comment on."""

    def __init__(self, place: str) -> None:
        super().__init__(place)
        self.place = place
