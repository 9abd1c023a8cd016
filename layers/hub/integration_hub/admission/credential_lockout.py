"""The credentials that the vendor refuses, and how an operator unlocks one.

A credential is verified by its first accepted call. Until then, and again after any refusal, refusals and calls in
progress together are at most two; so a new wrong password reaches the vendor twice, however many functions hold it.
When a verified credential stops being valid, calls in progress at that moment may also reach the vendor.
"""

from dataclasses import dataclass
from datetime import datetime

from integration_hub.admission.decision import DATABASE_CLOCK
from integration_hub.admission.timestamps import timestamp
from integration_hub.db.connection import Database

_ALL = "SELECT * FROM credential_lockout ORDER BY credential"


@dataclass(frozen=True, slots=True)
class LockoutState:
    """One credential version: `locked_at` is set while all calls with it are stopped."""

    credential: str
    verified: bool
    refusals: int
    locked_at: datetime | None
    unlocked_at: datetime | None
    unlocked_by: str | None
    unlocked_reason: str | None


class CredentialLockout:
    """Reads and unlocks credentials."""

    def __init__(self, database: Database, *, database_clock: str = DATABASE_CLOCK) -> None:
        self._database = database
        self._unlock = f"""
UPDATE credential_lockout
SET verified = 0, refusals = 0, trials = 0, trial_until = 0, locked_at = NULL,
    unlocked_at = {database_clock}, unlocked_by = %(by)s, unlocked_reason = %(reason)s
WHERE credential = %(credential)s
"""  # noqa: S608 - a constant

    def all(self) -> list[LockoutState]:
        """Return every credential version that was ever used."""
        return [
            LockoutState(
                credential=row["credential"],
                verified=bool(row["verified"]),
                refusals=row["refusals"],
                locked_at=timestamp(row["locked_at"]),
                unlocked_at=timestamp(row["unlocked_at"]),
                unlocked_by=row["unlocked_by"],
                unlocked_reason=row["unlocked_reason"],
            )
            for row in self._database.query(_ALL)
        ]

    def unlock(self, credential: str, *, by: str, reason: str) -> bool:
        """Allow the credential two more attempts; return whether it exists."""
        if not by.strip() or not reason.strip():
            raise ValueError("by and reason must not be empty")
        return self._database.write(self._unlock, {"credential": credential, "by": by, "reason": reason}) > 0
