"""Encryption of cached responses, and keyed digests of questions that reveal nothing without the key.

XChaCha20-Poly1305 by libsodium. An encrypted response can be decrypted only under the call id that it belongs to.
"""

import hashlib
import zlib
from collections.abc import Callable

from nacl.exceptions import CryptoError
from nacl.secret import Aead

MAX_ENCRYPTED_BYTES = 1_000_000
"""A larger response is not stored. The largest that a vendor may send (5 MB) compresses to about a third of this."""

_KEY_NAME_BYTES = 4


def same_fingerprint(one: bytes | None, other: bytes | None) -> bool:
    """Compare two fingerprints; those made with different keys are not known to differ."""
    return one == other or (one or b"")[:_KEY_NAME_BYTES] != (other or b"")[:_KEY_NAME_BYTES]


class ResponseCipher:
    """Encrypts with a data key that is loaded when it is first needed. `load` raises CredentialUnavailable."""

    def __init__(self, load: Callable[[], bytes]) -> None:
        self._load = load
        self._key: bytes | None = None

    def fingerprint(self, question: bytes) -> bytes:
        """Return 32 bytes that are equal for equal questions and cannot be reversed by guessing.

        The first four name the key, so that fingerprints made with another key are recognised.
        """
        digest = hashlib.blake2b(question, digest_size=32 - _KEY_NAME_BYTES, key=self._derived("fingerprint")).digest()
        return self._derived("name")[:_KEY_NAME_BYTES] + digest

    def encrypted(self, text: bytes, call_id: str) -> bytes | None:
        """Return the text compressed and encrypted, or None where that is too large to store."""
        encrypted = bytes(Aead(self._derived("encrypt")).encrypt(zlib.compress(text), call_id.encode()))
        return encrypted if len(encrypted) <= MAX_ENCRYPTED_BYTES else None

    def decrypted(self, encrypted: bytes, call_id: str) -> bytes | None:
        """Return the text, or None where the key, the call or a byte is not the one that it was encrypted with."""
        try:
            return zlib.decompress(Aead(self._derived("encrypt")).decrypt(encrypted, call_id.encode()))
        except CryptoError:
            return None

    def _derived(self, use: str) -> bytes:
        """Derive the key of one use, so that no key serves two."""
        if self._key is None:
            self._key = self._load()
        return hashlib.blake2b(use.encode(), digest_size=32, key=self._key).digest()
