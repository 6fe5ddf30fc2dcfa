"""MessagePack, as far as spaCy's DocBin needs it: written and read without its library."""

from __future__ import annotations

import struct
from typing import Any

_DEPTH = 16
_FIXED: dict[int, tuple[str, int]] = {
    0xCA: (">f", 4),
    0xCB: (">d", 8),
    0xCC: (">B", 1),
    0xCD: (">H", 2),
    0xCE: (">I", 4),
    0xCF: (">Q", 8),
    0xD0: (">b", 1),
    0xD1: (">h", 2),
    0xD2: (">i", 4),
    0xD3: (">q", 8),
}
_SIZED: dict[int, tuple[type, str, int]] = {
    0xC4: (bytes, ">B", 1),
    0xC5: (bytes, ">H", 2),
    0xC6: (bytes, ">I", 4),
    0xD9: (str, ">B", 1),
    0xDA: (str, ">H", 2),
    0xDB: (str, ">I", 4),
    0xDC: (list, ">H", 2),
    0xDD: (list, ">I", 4),
    0xDE: (dict, ">H", 2),
    0xDF: (dict, ">I", 4),
}
_SIMPLE = {0xC0: None, 0xC2: False, 0xC3: True}


def pack(value: Any) -> bytes:  # noqa: ANN401, PLR0911 -- whatever JSON has and bytes, a return a kind
    """Return the bytes of a value: what JSON has, and bytes; integers below 2⁶³."""
    if value is None or isinstance(value, bool):
        return bytes([{None: 0xC0, False: 0xC2, True: 0xC3}[value]])
    if isinstance(value, int):
        return b"\xd3" + struct.pack(">q", value)
    if isinstance(value, float):
        return b"\xcb" + struct.pack(">d", value)
    if isinstance(value, bytes):
        return b"\xc6" + struct.pack(">I", len(value)) + value
    if isinstance(value, str):
        raw = value.encode()
        return b"\xdb" + struct.pack(">I", len(raw)) + raw
    if isinstance(value, dict):
        pairs = (pack(str(key)) + pack(item) for key, item in value.items())
        return b"\xdf" + struct.pack(">I", len(value)) + b"".join(pairs)
    return b"\xdd" + struct.pack(">I", len(value)) + b"".join(map(pack, value))


def unpack(data: bytes) -> Any:  # noqa: ANN401 -- whatever it holds
    """Return the value in some bytes.

    Raises:
        ValueError: The bytes end early, nest deeper than 16, or hold a type that is not known here.
    """
    try:
        return _unpack(data, 0, 0)[0]
    except (struct.error, IndexError) as error:
        raise ValueError("the data ends early") from error


def _unpack(data: bytes, place: int, depth: int) -> tuple[Any, int]:
    sign = data[place]
    place += 1
    if depth > _DEPTH:
        raise ValueError("nested too deep")
    if sign < 0x80:  # noqa: PLR2004 -- the format's own
        return sign, place
    if sign >= 0xE0:  # noqa: PLR2004
        return sign - 256, place
    if sign in _SIMPLE:
        return _SIMPLE[sign], place
    if sign in _FIXED:
        code, size = _FIXED[sign]
        return struct.unpack_from(code, data, place)[0], place + size
    if sign < 0xC0:  # noqa: PLR2004
        kind: type = dict if sign < 0x90 else list if sign < 0xA0 else str  # noqa: PLR2004
        return _sized(data, place, kind, sign & (0x1F if kind is str else 0x0F), depth)
    if sign not in _SIZED:
        raise ValueError(f"type {sign:#x} is not known")
    kind, code, size = _SIZED[sign]
    return _sized(data, place + size, kind, struct.unpack_from(code, data, place)[0], depth)


def _sized(data: bytes, place: int, kind: type, count: int, depth: int) -> tuple[Any, int]:
    if count > len(data) - place:
        raise ValueError("the data ends early")
    if kind in {bytes, str}:
        raw = data[place : place + count]
        return (raw if kind is bytes else raw.decode()), place + count
    values = []
    for _ in range(count * (2 if kind is dict else 1)):
        value, place = _unpack(data, place, depth + 1)
        values.append(value)
    if kind is list:
        return values, place
    return dict(zip(values[::2], values[1::2], strict=True)), place
