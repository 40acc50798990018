"""What can go wrong with news and jobs."""


class UnknownKind(Exception):
    """The outbox holds a kind that this version does not know."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"No news is called {kind!r}.")
        self.kind = kind


class NewsLoop(Exception):
    """Reactions caused each other without end."""

    def __init__(self, kinds: tuple[str, ...]) -> None:
        super().__init__(f"News caused each other without end: {' → '.join(kinds[-6:])}")
        self.kinds = kinds


class NotAJob(Exception):
    """A reaction or task that a worker could not find again by its dotted path."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path!r} is not a function at the top of a module: a worker could not find it.")
        self.path = path


class CannotSucceed(Exception):
    """Raised inside a job to say that trying again is useless: the job is dead at once."""
