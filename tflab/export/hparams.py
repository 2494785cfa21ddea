"""A run's values as TensorBoard's HParams tab reads them, so that it can compare a sweep's runs.

Two summaries in the run's event file say it: one with the values, one with how the run ended. They
are encoded here by hand, as the points are; the messages are those of the plugin's `plugin_data`
and `api` protocols.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any

from tflab.export.wire import field, varint

_PLUGIN = b"hparams"
_START, _END = b"_hparams_/session_start_info", b"_hparams_/session_end_info"
_SUCCESS, _FAILURE, _RUNNING = 1, 2, 3
_STATUS = {"finished": _SUCCESS, "queued": _RUNNING, "starting": _RUNNING, "running": _RUNNING}


def hparams_summaries(
    values: Mapping[str, Any], began: float, ended: float | None, status: str
) -> list[bytes]:
    """Return `Summary` messages that tell a run's values and its end.

    Args:
        values: Value by name: numbers, text, booleans.
        began: Seconds since 1970.
        ended: The same; None while it goes on.
        status: The state of the run.
    """
    hparams = b"".join(
        field(1, field(1, name.encode()) + field(2, _value(value)))
        for name, value in values.items()
    )
    start = field(3, hparams + _double(5, began))
    end = varint(1 << 3) + varint(_STATUS.get(status, _FAILURE))
    end += _double(2, ended) if ended is not None else b""
    return [_summary(_START, start), _summary(_END, field(4, end))]


def _summary(tag: bytes, content: bytes) -> bytes:
    """Return a `Summary` of one value that belongs to the plugin and holds an empty tensor."""
    plugin = field(1, _PLUGIN) + field(2, content)
    # A tensor of type float (1) with no element, as the plugin itself writes.
    tensor = varint(1 << 3) + varint(1) + field(2, field(2, varint(1 << 3) + varint(0)))
    return field(1, field(1, tag) + field(8, tensor) + field(9, field(1, plugin)))


def _value(value: Any) -> bytes:
    """Return a `google.protobuf.Value`."""
    if isinstance(value, bool):
        return varint(4 << 3) + varint(int(value))
    if isinstance(value, int | float):
        return _double(2, float(value))
    return field(3, str(value).encode())


def _double(number: int, value: float) -> bytes:
    return varint(number << 3 | 1) + struct.pack("<d", value)
