"""Personal data of the example events, and whether a text shows a value."""

import re

PERSONAL = ("Rosalind", "Testerman", "1984", "09990001", "Fictional Oaks", "Sampleville", "75999")


def shows(text: str, value: str) -> bool:
    """Return whether a text contains a value.

    Fewer than eight digits count only when they are not part of a longer number, such as a time stamp or a digest.
    """
    if not value.isdigit() or len(value) >= 8:
        return value in text
    return re.search(rf"(?<![0-9a-f])(?<!\d\.){value}(?![0-9a-f])", text) is not None
