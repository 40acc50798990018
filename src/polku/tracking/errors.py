"""What can go wrong in tracking, by name."""

from pathlib import Path


class CompanyFileUnusable(Exception):
    """The file of networks and companies is missing or damaged; `setting` names where its path was given."""

    def __init__(self, path: Path, *, setting: str, problem: str) -> None:
        super().__init__(f"{setting}: {path} cannot be used as a MaxMind file of companies: {problem}")
        self.path = path
        self.setting = setting
        self.problem = problem
