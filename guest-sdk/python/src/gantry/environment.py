"""A library of WebAssembly that is linked with Python, and sets variables of its environment before Python starts.

componentize-py runs Python while the component is made, and gives it no variables of the user's. One matters:
``PYTHONHASHSEED``, without which hashes of texts are random, and sets are gone through in another order after each
build of the same source. It links every native extension that it finds, and calls their constructors first. So this is
one, for the tool's sake: nothing imports it.
"""

from __future__ import annotations

from collections.abc import Iterable

#: What extensions of the tool's Python are called.
SUFFIX = ".cpython-314-wasm32-wasi.so"
_I32, _FUNCTION, _MEMORY, _GLOBAL = 0x7F, 0x00, 0x02, 0x03


def library(variables: dict[str, str]) -> bytes:
    """The library, for these variables."""
    data, body = b"", b"\x00"
    for name, value in variables.items():
        texts = [name.encode() + b"\0", value.encode() + b"\0"]
        places = [len(data), len(data) + len(texts[0])]
        data += b"".join(texts)
        # setenv(name, value, true)
        body += b"".join(b"\x23\x00\x41" + _signed(place) + b"\x6a" for place in places)
        body += b"\x41\x01\x10\x00\x1a"
    body += b"\x0b"
    needs = [
        # How much memory it takes, and no table; and what it is linked to.
        b"\x01" + _sized(_number(len(data)) + b"\x00\x00\x00"),
        b"\x02" + _sized(_vector([_text("libc.so")])),
    ]
    sections = [
        b"\x00" + _sized(_text("dylink.0") + b"".join(needs)),
        b"\x01" + _sized(_vector([bytes([0x60, 3, _I32, _I32, _I32, 1, _I32]), bytes([0x60, 0, 0])])),
        b"\x02"
        + _sized(
            _vector(
                [
                    _import("memory", bytes([_MEMORY, 0, 1])),
                    _import("__memory_base", bytes([_GLOBAL, _I32, 0])),
                    _import("setenv", bytes([_FUNCTION, 0])),
                ]
            )
        ),
        b"\x03" + _sized(_vector([b"\x01"])),
        b"\x07" + _sized(_vector([_text("__wasm_call_ctors") + b"\x00\x01"])),
        b"\x0a" + _sized(_vector([_sized(body)])),
        b"\x0b" + _sized(_vector([b"\x00\x23\x00\x0b" + _sized(data)])),
    ]
    return b"\0asm\x01\0\0\0" + b"".join(sections)


def _number(value: int) -> bytes:
    """An unsigned number."""
    made = bytearray()
    while value >= 0x80:
        made.append(value & 0x7F | 0x80)
        value >>= 7
    made.append(value)
    return bytes(made)


def _signed(value: int) -> bytes:
    """A number that is not negative, where one could be."""
    made = bytearray()
    while value >= 0x40:
        made.append(value & 0x7F | 0x80)
        value >>= 7
    made.append(value)
    return bytes(made)


def _sized(body: bytes) -> bytes:
    return _number(len(body)) + body


def _text(text: str) -> bytes:
    return _sized(text.encode())


def _vector(items: Iterable[bytes]) -> bytes:
    items = list(items)
    return _number(len(items)) + b"".join(items)


def _import(name: str, kind: bytes) -> bytes:
    return _text("env") + _text(name) + kind
