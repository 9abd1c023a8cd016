"""Permissible purposes."""

from enum import StrEnum


class Purpose(StrEnum):
    """The permissible purpose that every call must state (DPPA 18 USC 2721(b)(6), FCRA 15 USC 1681b(a)(3)(C))."""

    UNDERWRITING = "UNDERWRITING"
    RATING = "RATING"
    CLAIMS = "CLAIMS"
    ANTIFRAUD = "ANTIFRAUD"
