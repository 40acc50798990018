"""Path policies: small and large leads travel differently. The first that matches wins."""

from datetime import datetime

from polku.rules.facts import Case
from polku.rules.playbook_parts import PathPolicy, Playbook
from polku.rules.scales import ScoreSoFar


def path_of(case: Case, score: ScoreSoFar, playbook: Playbook, now: datetime) -> PathPolicy:
    """The path of this lead. A condition that cannot be told yet does not match; the last path has none."""
    return next(path for path in playbook.paths if path.when is None or path.when.holds(case, score, now) is True)
