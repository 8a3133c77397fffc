"""No test talks to another machine."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

import pytest

_connect = socket.socket.connect


class OutgoingConnection(RuntimeError):
    """A test tried to reach another machine."""


def _is_here(address: Any) -> bool:
    if not isinstance(address, tuple):
        return True  # a file on this machine
    host = str(address[0])
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _guarded(self: socket.socket, address: Any) -> None:
    if not _is_here(address):
        raise OutgoingConnection(f"a test tried to reach {address!r}")
    _connect(self, address)


def close_the_network(patch: pytest.MonkeyPatch) -> None:
    """Let sockets connect to this machine only."""
    patch.setattr(socket.socket, "connect", _guarded)
