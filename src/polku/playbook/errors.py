"""What can go wrong with playbook versions, by name."""


class NoPlaybookInForce(Exception):
    """Nothing can be scored, qualified or routed before a playbook is in force."""


class UnknownVersion(Exception):
    def __init__(self, number: int) -> None:
        super().__init__(f"version {number}")
        self.number = number
