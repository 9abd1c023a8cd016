"""Vehicle identification numbers with a right check digit and no real maker (1ZZ stands for none)."""

_VALUES = dict(
    zip("ABCDEFGHJKLMNPRSTUVWXYZ", (1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9), strict=True)
)
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_YEARS = "ABCDEFGHJKLMNPRSTVWXY"
"""The tenth character for the model years 2010 to 2030 (49 CFR 565.15)."""


def vin(descriptor: str, year: int, serial: int) -> str:
    """Return the number of an invented vehicle. `descriptor` has five characters, `year` is 2010 to 2030."""
    before, after = f"1ZZ{descriptor}", f"{_YEARS[year - 2010]}X{serial:06d}"
    total = sum(
        weight * (_VALUES[character] if character in _VALUES else int(character))
        for character, weight in zip(f"{before}0{after}", _WEIGHTS, strict=True)
    )
    digit = total % 11
    return f"{before}{'X' if digit == 10 else digit}{after}"
