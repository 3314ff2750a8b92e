"""Content codings, undone piece by piece, so that a bomb is noticed before it has gone off."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Iterable, Iterator

import brotli
import zstandard

from events.ingestion.types import FetchError

PIECE = 256 * 1024
ACCEPTED = "gzip, deflate, br, zstd"
# A codec in front of a codec is legal; a tower of them is a trick.
MAX_CODINGS = 2

Decoder = Callable[[Iterable[bytes]], Iterator[bytes]]


def read_limited(
    pieces: Iterable[bytes], codings: str, *, raw_limit: int, limit: int
) -> tuple[bytes, int]:
    """The decoded body and the number of raw bytes. Raises FetchError above either limit."""
    raw = _Counted(pieces, raw_limit)
    stream: Iterable[bytes] = raw
    names = [name.strip().lower() for name in codings.split(",") if name.strip()]
    if len(names) > MAX_CODINGS:
        raise FetchError(f"{len(names)} content codings on one answer", kind="encoding")
    for name in reversed(names):
        if name not in DECODERS:
            raise FetchError(f"unknown content coding {name[:30]!r}", kind="encoding")
        stream = DECODERS[name](stream)
    body = io.BytesIO()
    try:
        for piece in stream:
            body.write(piece)
            if body.tell() > limit:
                message = f"larger than {limit // 1_000_000} MB once unpacked"
                raise FetchError(message, kind="too-large")
    except (zlib.error, brotli.error, zstandard.ZstdError) as error:
        raise FetchError(f"broken compression: {error}", kind="encoding") from error
    return body.getvalue(), raw.count


class _Counted:
    def __init__(self, pieces: Iterable[bytes], limit: int) -> None:
        self._pieces = pieces
        self._limit = limit
        self.count = 0

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            self.count += len(piece)
            if self.count > self._limit:
                message = f"larger than {self._limit // 1_000_000} MB"
                raise FetchError(message, kind="too-large")
            yield piece


def _plain(pieces: Iterable[bytes]) -> Iterator[bytes]:
    yield from pieces


def _gzip(pieces: Iterable[bytes]) -> Iterator[bytes]:
    yield from _zlib(pieces, zlib.MAX_WBITS | 16)


def _deflate(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """With or without the zlib header: servers never agreed (RFC 9110 section 8.4.1.2)."""
    rest = iter(pieces)
    first = next(rest, b"")
    has_header = len(first) > 1 and first[0] & 0x0F == 8 and (first[0] << 8 | first[1]) % 31 == 0

    def again() -> Iterator[bytes]:
        yield first
        yield from rest

    yield from _zlib(again(), zlib.MAX_WBITS if has_header else -zlib.MAX_WBITS)


def _zlib(pieces: Iterable[bytes], window: int) -> Iterator[bytes]:
    decoder = zlib.decompressobj(window)
    for piece in pieces:
        while piece:
            yield decoder.decompress(piece, PIECE)
            piece = decoder.unconsumed_tail
            if decoder.eof:  # a further gzip member, or rubbish that everybody ignores
                piece = decoder.unused_data
                if window < 16 or not piece.startswith(b"\x1f\x8b"):
                    return
                decoder = zlib.decompressobj(window)
    yield decoder.flush(PIECE)


def _brotli(pieces: Iterable[bytes]) -> Iterator[bytes]:
    decoder = brotli.Decompressor()
    for piece in pieces:
        yield decoder.process(piece, output_buffer_limit=PIECE)
        while not decoder.can_accept_more_data():
            yield decoder.process(b"", output_buffer_limit=PIECE)


def _zstd(pieces: Iterable[bytes]) -> Iterator[bytes]:
    # RFC 9659: a decoder needs a window of 8 MB, and may refuse a larger one.
    decoder = zstandard.ZstdDecompressor(max_window_size=8 * 1024 * 1024)
    with decoder.stream_reader(_Reader(pieces), read_across_frames=True) as reader:
        while piece := reader.read(PIECE):
            yield piece


class _Reader(io.BytesIO):
    """Bytes pieces as the file that zstandard reads from."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        super().__init__()
        self._pieces = iter(pieces)
        self._rest = b""

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> bytes:
        if not self._rest:
            self._rest = next((piece for piece in self._pieces if piece), b"")
        size = len(self._rest) if size is None or size < 0 else size
        piece, self._rest = self._rest[:size], self._rest[size:]
        return piece


DECODERS: dict[str, Decoder] = {
    "identity": _plain,
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
