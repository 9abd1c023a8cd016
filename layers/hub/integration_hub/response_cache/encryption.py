"""Encrypting kept answers, and digests of questions that tell nothing without the key.

XChaCha20-Poly1305 by libsodium. A sealed answer opens only under the call id that it belongs to.
"""

import hashlib
import zlib
from collections.abc import Callable

from nacl.exceptions import CryptoError
from nacl.secret import Aead

MOST_BYTES = 4_000_000
"""A sealed answer above this is not kept: a statement has to fit into the database's smallest packet."""


_KEY_NAME_BYTES = 4


def same(one: bytes | None, other: bytes | None) -> bool:
    """Compare two digests; what was digested with another key is not known to differ."""
    return one == other or (one or b"")[:_KEY_NAME_BYTES] != (other or b"")[:_KEY_NAME_BYTES]


class Seal:
    """Seals with a key that is loaded when it is first needed. `load` raises CredentialUnavailable."""

    def __init__(self, load: Callable[[], bytes]) -> None:
        self._load = load
        self._key: bytes | None = None

    def digest(self, words: bytes) -> bytes:
        """Return 32 bytes that are the same for the same words, and from which nobody can guess them.

        The first four name the key, so that digests with another one are known as such.
        """
        digest = hashlib.blake2b(words, digest_size=32 - _KEY_NAME_BYTES, key=self._own("digest")).digest()
        return self._own("name")[:_KEY_NAME_BYTES] + digest

    def sealed(self, text: bytes, call_id: str) -> bytes | None:
        """Return the text compressed and encrypted, or None where that is too large to keep."""
        sealed = bytes(Aead(self._own("seal")).encrypt(zlib.compress(text), call_id.encode()))
        return sealed if len(sealed) <= MOST_BYTES else None

    def opened(self, sealed: bytes, call_id: str) -> bytes | None:
        """Return the text, or None where the key, the call or a byte is not the one that it was sealed with."""
        try:
            return zlib.decompress(Aead(self._own("seal")).decrypt(sealed, call_id.encode()))
        except CryptoError:
            return None

    def _own(self, use: str) -> bytes:
        """Return the key of one use, so that no key serves two."""
        if self._key is None:
            self._key = self._load()
        return hashlib.blake2b(use.encode(), digest_size=32, key=self._key).digest()
