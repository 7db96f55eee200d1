"""What came of running both sides of a subject."""

from __future__ import annotations

from dataclasses import dataclass, field

from kmigrate.verify.compare import Comparison, Verdict
from kmigrate.verify.observation import Ending, Observation
from kmigrate.verify.subject import Subject

NOT_RUN = Observation(Ending.UNSTARTED)


@dataclass(frozen=True, slots=True)
class Verification:
    """A subject, both runs and their comparison; `backend` is "" where none was asked for.

    `advice` is what a person can do about a verdict that is no proof.
    """

    subject: Subject
    backend: str = ""
    comparison: Comparison = field(default=Comparison(Verdict.UNPROVEN))
    before: Observation = NOT_RUN
    after: Observation = NOT_RUN
    advice: str = ""

    @property
    def reason(self) -> str:
        """Why the verdict is what it is, and what to do."""
        return "; ".join(filter(None, [self.comparison.reason, self.advice]))
