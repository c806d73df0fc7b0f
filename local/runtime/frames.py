"""How the processes talk: a JSON value behind its length, over a socket."""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import socket

_LENGTH = struct.Struct("!I")


def send_frame(channel: socket.socket, value: Any) -> None:
    """Send one JSON value.

    Raises:
        TypeError, ValueError: it is none.
        OSError: the other side is gone.
    """
    payload = json.dumps(value).encode()
    channel.sendall(_LENGTH.pack(len(payload)) + payload)


def receive_frame(channel: socket.socket) -> Any:
    """Return the next JSON value.

    Raises:
        EOFError: the other side closed.
        TimeoutError: the channel's timeout passed.
    """
    (length,) = _LENGTH.unpack(_exactly(channel, _LENGTH.size))
    return json.loads(_exactly(channel, length))


def _exactly(channel: socket.socket, size: int) -> bytes:
    parts = bytearray()
    while len(parts) < size:
        part = channel.recv(min(size - len(parts), 1 << 20))
        if not part:
            raise EOFError("the other side closed the channel")
        parts += part
    return bytes(parts)
