"""Bytes that are the same for everybody, compressed once, with a few bytes of each visit between them.

A page is rendered and compressed once a version and language; only the visit's key and what its link carries differ.
Those go into the finished gzip stream as *stored* blocks (RFC 1951, 3.2.4): a visit costs a checksum only.
"""

import struct
import zlib

_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03"
_STORED_LIMIT = 0xFFFF


class Spliced:
    """A text in pieces; :meth:`fill` puts one value between each two."""

    def __init__(self, pieces: list[bytes]) -> None:
        self.pieces = pieces
        last = len(pieces) - 1
        self._deflated = [_deflated(piece, ends=number == last) for number, piece in enumerate(pieces)]

    def plain(self, values: list[bytes]) -> bytes:
        """The text with ``values``, one fewer than pieces, between the pieces."""
        return b"".join(self._alternating(self.pieces, values))

    def gzipped(self, values: list[bytes]) -> bytes:
        """The same as one gzip member.

        >>> import gzip
        >>> gzip.decompress(Spliced([b"Dear ", b", thanks"]).gzipped([b"Ada"]))
        b'Dear Ada, thanks'
        """
        text = self.plain(values)
        body = b"".join(self._alternating(self._deflated, [_stored(value) for value in values]))
        return _HEADER + body + struct.pack("<LL", zlib.crc32(text), len(text) & 0xFFFFFFFF)

    @staticmethod
    def _alternating(pieces: list[bytes], values: list[bytes]) -> list[bytes]:
        result = [pieces[0]]
        for value, piece in zip(values, pieces[1:], strict=True):
            result += (value, piece)
        return result


def _deflated(piece: bytes, *, ends: bool) -> bytes:
    """Raw deflate that ends on a whole byte and refers to nothing before itself."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15, 9)
    return compressor.compress(piece) + compressor.flush(zlib.Z_FINISH if ends else zlib.Z_FULL_FLUSH)


def _stored(value: bytes) -> bytes:
    if len(value) > _STORED_LIMIT:
        raise ValueError(f"a visit's part has {len(value)} bytes, more than one stored block can hold")
    return struct.pack("<BHH", 0, len(value), len(value) ^ 0xFFFF) + value
