"""One line of JSON for each thing that happened; no numbers of callers, no keys."""

import json
import logging
import re
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache

_DIGITS = re.compile(r"(?<![0-9A-Za-z])(?<!line )\+?\d{4,}")
"""What may be a number, or keys, in the words of an error: all but the lines of a program."""

_DETAIL = re.compile(r"DETAIL:.*")
"""Where PostgreSQL repeats the row that it refuses."""

MUNICIPALITY: ContextVar[str] = ContextVar("municipality", default="")
"""Of several in one installation: for which of them something is being done."""

_AS_JSON = json.JSONEncoder(ensure_ascii=False).encode


class Fields(str):
    """Fields of a line that are JSON already, and need no escaping: names of ours, ids, figures.

    So a turn is logged: it is a third of the work of finding out that nothing is to be escaped.
    """

    __slots__ = ()


class JSONLines(logging.Formatter):
    """Writes a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Time (UTC), level, where, what, and the trace of an error; of several, whose line it is.

        What is logged as fields stands in fields of the line; of a sentence one is the message.
        """
        level = record.levelname.lower()
        municipality = MUNICIPALITY.get()
        if isinstance(record.msg, Fields):
            whose = f'"municipality": "{municipality}", ' if municipality else ""
            return (
                f'{{"time": "{_time(record.created)}", "level": "{level}",'
                f' "logger": "{record.name}", {whose}{record.msg}}}'
            )
        told = record.msg if isinstance(record.msg, dict) else {"message": record.getMessage()}
        line = {"time": _time(record.created), "level": level, "logger": record.name, **told}
        if municipality:
            line["municipality"] = municipality
        if record.exc_info:
            line["error"] = without_digits(self.formatException(record.exc_info))
        return _AS_JSON(line)


def _time(created: float) -> str:
    """When something was logged, to the millisecond."""
    second = int(created)
    return f"{_second(second)}.{int((created - second) * 1000):03d}+00:00"


@lru_cache(maxsize=1)
def _second(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).isoformat().partition("+")[0]


def without_digits(error: str) -> str:
    """The words of an error without what a caller may have keyed in, or rung from."""
    return _DIGITS.sub("…", _DETAIL.sub("DETAIL: …", error))


def log_as_json() -> None:
    """Sends all that is logged here, and by Flask of its errors, to standard error as JSON."""
    # Nobody reads who wrote a line, and finding out for each costs more than writing it.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    handler = logging.StreamHandler()
    handler.setFormatter(JSONLines())
    for name in ("ivr", "scheduling", "web", "app"):
        logger = logging.getLogger(name)
        if not logger.handlers:
            logger.addHandler(handler)
            logger.setLevel(logging.INFO)
            logger.propagate = False
