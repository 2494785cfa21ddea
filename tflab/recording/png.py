"""PNG files, written and told apart with nothing but the standard library."""

from __future__ import annotations

import struct
import zlib
from typing import Any

import numpy as np

SIGNATURE = b"\x89PNG\r\n\x1a\n"

_KINDS = {1: 0, 2: 4, 3: 2, 4: 6}
"""The colour type of each number of channels: grey, grey with alpha, RGB, RGBA."""


def encode_png(dots: np.ndarray[Any, Any]) -> bytes:
    """Return the PNG file of an image.

    Args:
        dots: Bytes (`uint8`) of shape (height, width, channels), with 1 to 4 channels.
    """
    height, width, channels = dots.shape
    head = struct.pack(">IIBBBBB", width, height, 8, _KINDS[channels], 0, 0, 0)
    # Each row begins with the number of its filter, 0 for none.
    rows = np.zeros((height, 1 + width * channels), dtype=np.uint8)
    rows[:, 1:] = dots.reshape(height, width * channels)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows.tobytes(), 6)), (b"IEND", b""))
    return SIGNATURE + b"".join(_chunk(name, data) for name, data in chunks)


def png_size(data: bytes) -> tuple[int, int] | None:
    """Return width and height that a PNG file says it has, None if it is no such file."""
    if data[:8] != SIGNATURE or data[12:16] != b"IHDR" or len(data) < 24:
        return None
    width, height = struct.unpack(">II", data[16:24])
    return (width, height) if width and height else None


def _chunk(name: bytes, data: bytes) -> bytes:
    check = zlib.crc32(name + data)
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", check)
