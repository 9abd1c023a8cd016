"""The vendor twin: DCS over HTTPS on one machine, with invented people, named faults and a call log of its own.

It shares no code with the hub, so that what it says about a call is an independent witness.
"""

from local.twin.login import Credentials
from local.twin.twin import DEFAULT_SEED, Twin

__all__ = ["DEFAULT_SEED", "Credentials", "Twin"]
