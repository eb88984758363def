"""One line of JSON for each thing that happened; no numbers of callers, no keys."""

import json
import logging
from datetime import UTC, datetime

_AS_JSON = json.JSONEncoder(ensure_ascii=False).encode


class JSONLines(logging.Formatter):
    """Writes a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Time (UTC), level, where, what, and the trace of an error."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return _AS_JSON(line)


def log_as_json() -> None:
    """Sends everything that the line logs to standard error, as JSON."""
    # Nobody reads who wrote a line, and finding out for each costs more than writing it.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    handler = logging.StreamHandler()
    handler.setFormatter(JSONLines())
    root = logging.getLogger("ivr")
    if not root.handlers:
        root.addHandler(handler)
        root.setLevel(logging.INFO)
        root.propagate = False
