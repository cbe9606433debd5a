"""Text as it crosses to the host, which takes only what can be written in UTF-8."""

from __future__ import annotations

import codecs

#: How half of a surrogate pair is written: as U+FFFD, the replacement character.
REPLACE = "gantry.replace"


def _replaced(error: UnicodeError) -> tuple[bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "\ufffd".encode() * (error.end - error.start), error.end


codecs.register_error(REPLACE, _replaced)


def well_formed(text: str) -> str:
    """The text with U+FFFD for each half of a surrogate pair that stands alone."""
    if text.isascii():
        return text
    return text.encode("utf-8", REPLACE).decode("utf-8")
