"""Lines for people. ``print`` and the standard ``logging`` arrive as well."""

from __future__ import annotations

import logging

from ._bindings import log as wit
from .text import well_formed


def trace(message: object) -> None:
    """Logs a line for whoever follows every step."""
    _log("TRACE", message)


def debug(message: object) -> None:
    """Logs a line for whoever looks for a mistake."""
    _log("DEBUG", message)


def info(message: object) -> None:
    """Logs what happened."""
    _log("INFO", message)


def warn(message: object) -> None:
    """Logs what should not have happened, and did no harm."""
    _log("WARN", message)


warning = warn


def error(message: object) -> None:
    """Logs what went wrong."""
    _log("ERROR", message)


class Handler(logging.Handler):
    """Writes what the standard ``logging`` is given."""

    def emit(self, record: logging.LogRecord) -> None:
        levels = ((logging.ERROR, "ERROR"), (logging.WARNING, "WARN"), (logging.INFO, "INFO"))
        level = next((name for least, name in levels if record.levelno >= least), "DEBUG")
        _log(level, self.format(record))


def _log(level: str, message: object) -> None:
    # An entry of the host's log is one line.
    for line in well_formed(str(message)).splitlines() or [""]:
        wit.log(wit.Level[level], line)
