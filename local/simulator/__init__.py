"""The vendor simulator: DCS over HTTPS on one machine, with invented people, named faults and a call log of its own.

It shares no code with the hub, so that what it says about a call is an independent witness.
"""

from local.simulator.login import Credentials
from local.simulator.simulator import DEFAULT_SEED, Simulator

__all__ = ["DEFAULT_SEED", "Credentials", "Simulator"]
