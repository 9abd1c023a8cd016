"""The logins that the vendor refuses, and how an operator lets one try again.

A login is verified by its first accepted call. Until then, and again after any refusal, refusals and calls under way
together are at most two; so a new wrong password meets the vendor twice, however many functions hold it. When one
that was good stops being so, calls that are under way at that moment may meet it too.
"""

from dataclasses import dataclass
from datetime import datetime

from integration_hub.admission.statement import DATABASE_CLOCK
from integration_hub.admission.timestamps import moment
from integration_hub.db.connection import Database

_LOGINS = "SELECT * FROM credential_lockout ORDER BY login"


@dataclass(frozen=True, slots=True)
class LockoutState:
    """One login version: `locked_at` is set while all calls with it are stopped."""

    login: str
    verified: bool
    refusals: int
    locked_at: datetime | None
    unlocked_at: datetime | None
    unlocked_by: str | None
    unlocked_reason: str | None


class CredentialLockout:
    """Reading and lifting locks of logins."""

    def __init__(self, database: Database, *, database_clock: str = DATABASE_CLOCK) -> None:
        self._database = database
        self._lift = f"""
UPDATE credential_lockout
SET verified = 0, refusals = 0, trials = 0, trial_until = 0, locked_at = NULL,
    unlocked_at = {database_clock}, unlocked_by = %(by)s, unlocked_reason = %(reason)s
WHERE login = %(login)s
"""  # noqa: S608 - a constant

    def all(self) -> list[LockoutState]:
        """Return every login version that was ever used."""
        return [
            LockoutState(
                login=row["login"],
                verified=bool(row["verified"]),
                refusals=row["refusals"],
                locked_at=moment(row["locked_at"]),
                unlocked_at=moment(row["unlocked_at"]),
                unlocked_by=row["unlocked_by"],
                unlocked_reason=row["unlocked_reason"],
            )
            for row in self._database.query(_LOGINS)
        ]

    def unlock(self, login: str, *, by: str, reason: str) -> bool:
        """Let the login try again, twice at most; return whether there is such a login."""
        if not by.strip() or not reason.strip():
            raise ValueError("who and why are wanted")
        return self._database.write(self._lift, {"login": login, "by": by, "reason": reason}).rows > 0
