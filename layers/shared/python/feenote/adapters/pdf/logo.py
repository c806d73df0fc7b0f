"""Let a firm's logo onto its bills: PNG and JPEG, looked through before the PDF engine sees them.

SVG is refused: it can name other files, hold scripts and grow without bound when drawn.
"""

from __future__ import annotations

import base64
import zlib
from dataclasses import dataclass

MAX_BYTES = 1_000_000
MAX_PIXELS = 4_000_000
MAX_SIDE = 6_000
# The box a logo is fitted into, in millimetres.
BOX = (70.0, 19.0)

_PNG = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_DEPTHS = {0: {1, 2, 4, 8, 16}, 2: {8, 16}, 3: {1, 2, 4, 8}, 4: {8, 16}, 6: {8, 16}}
# Adam7, the seven passes of an interlaced PNG: where each begins and how far apart its pixels stand.
_PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD9)})


class LogoError(ValueError):
    """A picture that cannot be printed as a logo; the message says why."""


@dataclass(frozen=True, slots=True)
class Logo:
    """A logo that was looked through: its size in pixels, its media type and bytes."""

    width: int
    height: int
    media_type: str
    content: bytes

    @property
    def width_mm(self) -> float:
        """Return how wide it is printed, in millimetres, so that it fits its box."""
        scale = min(BOX[0] / self.width, BOX[1] / self.height)
        return round(max(self.width * scale, 0.5), 2)

    def as_svg(self) -> str:
        """Return an SVG that shows the picture, since the engine's input is text."""
        data = base64.b64encode(self.content).decode("ascii")
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.width}" height="{self.height}">'
            f'<image width="{self.width}" height="{self.height}" '
            f'href="data:{self.media_type};base64,{data}"/></svg>'
        )


def read_logo(content: bytes) -> Logo:
    """Read a picture's header and go through its data.

    Raises:
        LogoError: when it is neither PNG nor JPEG, is too large in bytes or pixels, or is damaged.
    """
    if len(content) > MAX_BYTES:
        raise LogoError(f"The logo has more than {MAX_BYTES:,} bytes.")
    if content.startswith(_PNG):
        width, height = _png(content)
        return Logo(width, height, "image/png", content)
    if content.startswith(b"\xff\xd8\xff"):
        width, height = _jpeg(content)
        return Logo(width, height, "image/jpeg", content)
    raise LogoError("The logo is neither a PNG nor a JPEG picture.")


def _check_size(width: int, height: int) -> None:
    if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE and width * height <= MAX_PIXELS):
        raise LogoError(f"The logo has {width} x {height} pixels; {MAX_PIXELS:,} are the most.")


def _png(content: bytes) -> tuple[int, int]:
    """Check every chunk's sum and that the picture's data is as long as its header says."""
    chunks = _png_chunks(content)
    if not chunks or chunks[0][0] != b"IHDR" or len(chunks[0][1]) != 13 or chunks[-1][0] != b"IEND":
        raise LogoError("The PNG is damaged: a chunk is missing.")
    header = chunks[0][1]
    width, height = int.from_bytes(header[0:4], "big"), int.from_bytes(header[4:8], "big")
    depth, colour, compression, filtering, interlaced = header[8:13]
    if depth not in _DEPTHS.get(colour, ()) or compression or filtering or interlaced > 1:
        raise LogoError("The PNG's header is damaged.")
    _check_size(width, height)
    if colour == 3 and not any(kind == b"PLTE" for kind, _ in chunks):
        raise LogoError("The PNG is damaged: it has no palette.")
    expected = _png_length(width, height, depth * _CHANNELS[colour], interlaced=bool(interlaced))
    _inflate(b"".join(body for kind, body in chunks if kind == b"IDAT"), expected)
    return width, height


def _png_chunks(content: bytes) -> list[tuple[bytes, bytes]]:
    at = len(_PNG)
    chunks: list[tuple[bytes, bytes]] = []
    while at + 12 <= len(content) and (not chunks or chunks[-1][0] != b"IEND"):
        length = int.from_bytes(content[at : at + 4], "big")
        kind, body = content[at + 4 : at + 8], content[at + 8 : at + 8 + length]
        told = int.from_bytes(content[at + 8 + length : at + 12 + length], "big")
        if len(body) != length or zlib.crc32(kind + body) != told:
            raise LogoError("The PNG is damaged: a chunk is cut off or changed.")
        chunks.append((kind, body))
        at += 12 + length
    return chunks


def _png_length(width: int, height: int, bits: int, *, interlaced: bool) -> int:
    """Return how many bytes the unpacked picture has: a filter byte and the samples for each row."""
    if not interlaced:
        return height * (1 + (width * bits + 7) // 8)
    total = 0
    for left, top, across, down in _PASSES:
        columns, rows = -(-(width - left) // across), -(-(height - top) // down)
        if columns > 0 and rows > 0:
            total += rows * (1 + (columns * bits + 7) // 8)
    return total


def _inflate(packed: bytes, expected: int) -> None:
    inflater = zlib.decompressobj()
    try:
        unpacked = inflater.decompress(packed, expected + 1)
    except zlib.error as error:
        raise LogoError("The PNG is damaged: its data cannot be unpacked.") from error
    if len(unpacked) != expected:
        raise LogoError("The PNG is damaged: its data is not as long as its header says.")


def _jpeg(content: bytes) -> tuple[int, int]:
    """Walk the segments to the frame's header and look for the picture's end."""
    if b"\xff\xd9" not in content[-64:]:
        raise LogoError("The JPEG is cut off.")
    at, size = 2, None
    while at + 4 <= len(content):
        if content[at] != 0xFF:
            raise LogoError("The JPEG is damaged: a segment does not begin where it should.")
        marker = content[at + 1]
        if marker == 0xFF or marker in _STANDALONE:
            at += 1 if marker == 0xFF else 2
            continue
        length = int.from_bytes(content[at + 2 : at + 4], "big")
        if marker in _FRAMES and length >= 8:
            frame = content[at + 4 : at + 2 + length]
            if frame[0] != 8 or frame[5] not in {1, 3}:
                raise LogoError("The JPEG is neither grey nor in plain colours of 8 bits.")
            size = int.from_bytes(frame[3:5], "big"), int.from_bytes(frame[1:3], "big")
        if marker == 0xDA and size is not None:
            _check_size(*size)
            return size
        if length < 2:
            break
        at += 2 + length
    raise LogoError("The JPEG is damaged: it has no picture.")
