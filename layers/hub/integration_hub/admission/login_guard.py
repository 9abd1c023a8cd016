"""The logins that the vendor refuses, and how an operator lets one try again.

A login is proven by its first accepted call. Until then, and again after any refusal, refusals and calls under way
together are at most two; so a new wrong password meets the vendor twice, however many functions hold it. When one
that was good stops being so, calls that are under way at that moment may meet it too.
"""

from dataclasses import dataclass
from datetime import datetime

from integration_hub.admission.moments import moment
from integration_hub.admission.statement import DATABASE_CLOCK
from integration_hub.db.connection import Database

_LOGINS = "SELECT * FROM login_guard ORDER BY login"


@dataclass(frozen=True, slots=True)
class GuardedLogin:
    """One login version: `locked_at` is set while all calls with it are stopped."""

    login: str
    proven: bool
    refusals: int
    locked_at: datetime | None
    lifted_at: datetime | None
    lifted_by: str | None
    lifted_reason: str | None


class LoginGuard:
    """Reading and lifting locks of logins."""

    def __init__(self, database: Database, *, database_clock: str = DATABASE_CLOCK) -> None:
        self._database = database
        self._lift = f"""
UPDATE login_guard
SET proven = 0, refusals = 0, trials = 0, trial_until = 0, locked_at = NULL,
    lifted_at = {database_clock}, lifted_by = %(by)s, lifted_reason = %(reason)s
WHERE login = %(login)s
"""  # noqa: S608 - a constant

    def all(self) -> list[GuardedLogin]:
        """Return every login version that was ever used."""
        return [
            GuardedLogin(
                login=row["login"],
                proven=bool(row["proven"]),
                refusals=row["refusals"],
                locked_at=moment(row["locked_at"]),
                lifted_at=moment(row["lifted_at"]),
                lifted_by=row["lifted_by"],
                lifted_reason=row["lifted_reason"],
            )
            for row in self._database.query(_LOGINS)
        ]

    def lift(self, login: str, *, by: str, reason: str) -> bool:
        """Let the login try again, twice at most; return whether there is such a login."""
        if not by.strip() or not reason.strip():
            raise ValueError("who and why are wanted")
        return self._database.write(self._lift, {"login": login, "by": by, "reason": reason}).rows > 0
