"""The two parts of Protocol Buffers' encoding that event files are made of."""

from __future__ import annotations


def varint(number: int) -> bytes:
    """Return a number from 0 on, seven bits a byte, the lowest first."""
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*found, number])


def field(number: int, content: bytes) -> bytes:
    """Return a field that holds text, bytes or a message."""
    return varint(number << 3 | 2) + varint(len(content)) + content
