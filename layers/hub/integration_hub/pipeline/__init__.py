"""The phases of a call, the same for every integration type.

    authorize   may this program ask this, here, for this purpose               authorize.py
    claim       put it on record, check its key, find a cached response, and
                take a slot: one round trip                                      claim.py
    replay      give the first response to the idempotency key                   settle.py
    cached      give a cached response                                           settle.py
    send        authenticate, exchange, retry                                    send.py, attempt.py
    settle      write how it ended: the second round trip                        settle.py

`run` goes through them, `second_search` does so once more where the first result suggests it. A refusal before the
claim (unknown program, switched off, missing reference) sends nothing, writes nothing and costs nothing.
"""

from integration_hub.pipeline.run import run
from integration_hub.pipeline.services import Services

__all__ = ["Services", "run"]
