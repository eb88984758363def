"""One line of JSON for each thing that happened; no numbers of callers, no keys."""

import json
import logging
import re
from datetime import UTC, datetime

_DIGITS = re.compile(r"(?<![0-9A-Za-z])(?<!line )\+?\d{4,}")
"""What may be a number, or keys, in the words of an error: all but the lines of a program."""

_DETAIL = re.compile(r"DETAIL:.*")
"""Where PostgreSQL repeats the row that it refuses."""

_AS_JSON = json.JSONEncoder(ensure_ascii=False).encode


class JSONLines(logging.Formatter):
    """Writes a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Time (UTC), level, where, what, and the trace of an error.

        What is logged as fields stands in fields of the line; of a sentence one is the message.
        """
        told = record.msg if isinstance(record.msg, dict) else {"message": record.getMessage()}
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            **told,
        }
        if record.exc_info:
            line["error"] = without_digits(self.formatException(record.exc_info))
        return _AS_JSON(line)


def without_digits(error: str) -> str:
    """The words of an error without what a caller may have keyed in, or rung from."""
    return _DIGITS.sub("…", _DETAIL.sub("DETAIL: …", error))


def log_as_json() -> None:
    """Sends all that the line logs, and Flask of its errors, to standard error as JSON."""
    # Nobody reads who wrote a line, and finding out for each costs more than writing it.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    handler = logging.StreamHandler()
    handler.setFormatter(JSONLines())
    for name in ("ivr", "app"):
        logger = logging.getLogger(name)
        if not logger.handlers:
            logger.addHandler(handler)
            logger.setLevel(logging.INFO)
            logger.propagate = False
