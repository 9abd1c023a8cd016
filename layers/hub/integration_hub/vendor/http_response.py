"""Reads one HTTP/1.1 response strictly and within a size (RFC 9112).

`http.client` is not used for this: it reads a chunk of size -1 up to the end of the connection, skips any number of
100 responses and trailers, takes 103 Early Hints for the final response (the next exchange would then read the answer
to this one), accepts contradicting lengths, and does not notice a body that is shorter than its Content-Length.
"""

import re
import zlib
from collections.abc import Callable, Mapping

from integration_hub.vendor.message import VendorResponse

_HEAD_BYTES = 64 * 1024
"""Limit of the status line, headers, trailers and interim responses of one exchange together."""
_CHUNK_LINE_BYTES = 4 * 1024
_STATUS_LINE = re.compile(rb"HTTP/1\.([01]) ([1-9][0-9]{2})(?: [^\x00\r]*)?")
_FIELD = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\x00\r]*?)[ \t]*")
_LENGTH = re.compile(r"[0-9]{1,15}")
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,12})[ \t]*(?:;.*)?")
_GZIP = zlib.MAX_WBITS | 16


class InvalidResponseError(Exception):
    """The bytes are no HTTP response, or one that is too large. The text says which, for the caller to read."""


class ConnectionClosedError(ConnectionError):
    """The server closed the connection before the response was complete."""


class ResponseReader:
    """Reads one response from `receive`, which returns at least one byte, or b"" when the server has closed.

    `reusable` holds after a complete response and says whether the connection can serve another exchange. Memory is
    bounded by `max_bytes` (of the body) plus the limit of the head; what is read from the wire by about twice that.
    """

    def __init__(self, receive: Callable[[], bytes], *, max_bytes: int) -> None:
        self._receive = receive
        self._max_bytes = max_bytes
        self._head_left = _HEAD_BYTES
        self._wire_left = 2 * (max_bytes + _HEAD_BYTES)
        self._buffer = bytearray()
        self.reusable = False

    def read(self, method: str) -> VendorResponse:
        """Return the final response to a request of this method.

        Raises InvalidResponseError, ConnectionClosedError, and whatever `receive` raises.
        """
        version, status, headers = self._head()
        while status < 200:
            if status == 101:
                raise InvalidResponseError("switches to another protocol")
            version, status, headers = self._head()
        delimited = True
        coding = headers.get("transfer-encoding")
        length = headers.get("content-length")
        if method == "HEAD" or status in {204, 304}:
            body = b""
        elif coding is not None:
            if coding.lower() != "chunked" or version == 0:
                raise InvalidResponseError("has an unknown transfer coding")
            body = self._chunked()
        elif length is not None:
            size = self._length(length)
            self._check_size(size)
            body = self._exactly(size)
        else:
            delimited = False
            body = self._until_closed()
        self.reusable = (
            delimited
            and version == 1
            and not self._buffer  # a byte too many would be taken for the next response
            and not (coding and length)
            and "close" not in headers.get("connection", "").lower()
        )
        return VendorResponse(status, headers, self._decoded(body, headers) if "content-encoding" in headers else body)

    def _head(self) -> tuple[int, int, dict[str, str]]:
        match = _STATUS_LINE.fullmatch(self._head_line())
        if match is None:
            raise InvalidResponseError("does not begin with an HTTP status line")
        headers: dict[str, str] = {}
        name = ""
        while line := self._head_line():
            if line[0] in b" \t" and name:  # a folded line, which RFC 9112 lets a client join with a space
                value = line.strip().decode("latin-1")
                headers[name] = f"{headers[name]} {value}"
                if b"\0" in line or b"\r" in line:
                    raise InvalidResponseError("has a malformed header")
                continue
            field = _FIELD.fullmatch(line)
            if field is None:
                raise InvalidResponseError("has a malformed header")
            name, value = field[1].decode("ascii").lower(), field[2].decode("latin-1")
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        return int(match[1]), int(match[2]), headers

    def _length(self, text: str) -> int:
        lengths = {part.strip() for part in text.split(",")}
        (length, *others) = lengths
        if others or not _LENGTH.fullmatch(length):
            raise InvalidResponseError("has an unusable Content-Length")
        return int(length)

    def _chunked(self) -> bytes:
        body = bytearray()
        while True:
            match = _CHUNK_SIZE.fullmatch(self._line(_CHUNK_LINE_BYTES))
            if match is None:
                raise InvalidResponseError("has an unusable chunk size")
            size = int(match[1], 16)
            if not size:
                break
            self._check_size(len(body) + size)
            body += self._exactly(size)
            if self._exactly(2) != b"\r\n":
                raise InvalidResponseError("has a chunk that is longer than its size")
        while self._head_line():
            pass  # trailers; nothing in them is used
        return bytes(body)

    def _until_closed(self) -> bytes:
        while piece := self._receive():
            self._take(piece)
            self._check_size(len(self._buffer))
        self._check_size(len(self._buffer))
        body = bytes(self._buffer)
        self._buffer.clear()
        return body

    def _exactly(self, size: int) -> bytes:
        while len(self._buffer) < size:
            self._fill()
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken

    def _head_line(self) -> bytes:
        line = self._line(self._head_left)
        self._head_left -= len(line) + 2
        return line

    def _line(self, limit: int) -> bytes:
        """Return the next line without its end, which RFC 9112 lets a client recognise by the line feed alone."""
        searched = 0
        while (end := self._buffer.find(b"\n", searched)) < 0:
            searched = len(self._buffer)
            if searched > limit:
                break
            self._fill()
        if end < 0 or end > limit:
            raise InvalidResponseError("has headers or chunk lines that are too long")
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        return line.removesuffix(b"\r")

    def _fill(self) -> None:
        piece = self._receive()
        if not piece:
            raise ConnectionClosedError
        self._take(piece)

    def _take(self, piece: bytes) -> None:
        self._buffer += piece
        self._wire_left -= len(piece)
        if self._wire_left < 0:
            raise self._too_large()

    def _check_size(self, size: int) -> None:
        if size > self._max_bytes:
            raise self._too_large()

    def _too_large(self) -> InvalidResponseError:
        return InvalidResponseError(f"is larger than {self._max_bytes} bytes")

    def _decoded(self, body: bytes, headers: Mapping[str, str]) -> bytes:
        """Decompress what was compressed although the request asked for no compression: it may have been paid for."""
        coding = headers["content-encoding"].lower()
        if coding not in {"gzip", "x-gzip"} or not body:
            return body
        decoder = zlib.decompressobj(_GZIP)
        try:
            decoded = decoder.decompress(body, self._max_bytes + 1)
        except zlib.error:
            raise InvalidResponseError("is not compressed as its Content-Encoding says") from None
        self._check_size(len(decoded))
        if not decoder.eof:
            raise InvalidResponseError("is not compressed as its Content-Encoding says")
        return decoded
