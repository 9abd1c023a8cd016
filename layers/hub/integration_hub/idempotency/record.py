"""What it means that an earlier call holds the caller's key. Pure."""

from dataclasses import dataclass
from enum import Enum, auto

from integration_hub.models import Outcome, References
from integration_hub.response_cache.encryption import same
from integration_hub.response_cache.fingerprint import KEY_SECONDS, LOST_KEY_SECONDS

# No call lasts longer than its function may (template.yaml). One that is open for so long will never say how it ended.
_DEAD_SECONDS = 60


class Standing(Enum):
    """What a second request with the same key has to do with the first."""

    ANOTHER_QUESTION = auto()
    """It asks something else: the key was used by mistake."""
    UNDER_WAY = auto()
    """Wait for the answer."""
    ANSWERED = auto()
    """Take the answer."""
    LOST = auto()
    """The first may have been paid for, and nobody has its answer."""
    FORGOTTEN = auto()
    """So long ago, or ended before anything was sent: the key is free again."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """A call that holds a key. One that certainly bought nothing has given it back when it was closed."""

    call_id: str
    outcome: Outcome
    age_seconds: int
    subject: bytes | None
    sent: bool
    """Whether a request may have left."""
    references: References

    def standing(self, subject: bytes | None, references: References) -> Standing:
        """Hold it against the same key's next request."""
        if self.age_seconds >= (KEY_SECONDS if self.outcome.has_answer else LOST_KEY_SECONDS):
            return Standing.FORGOTTEN
        if self.outcome in {Outcome.OPEN, Outcome.ABANDONED} and self.age_seconds >= _DEAD_SECONDS and not self.sent:
            return Standing.FORGOTTEN
        if self.references != references or not same(self.subject, subject):
            return Standing.ANOTHER_QUESTION
        if self.outcome is Outcome.OPEN and self.age_seconds < _DEAD_SECONDS:
            return Standing.UNDER_WAY
        return Standing.ANSWERED if self.outcome.has_answer else Standing.LOST
