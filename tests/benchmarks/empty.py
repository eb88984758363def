"""An empty Flask application on the server of the line: what a cold start is held against.

`python -m tests.benchmarks.empty PORT`
"""

import sys

from flask import Flask

from ivr.server import serve


def create_app() -> Flask:
    """One route, which answers a word."""
    app = Flask("empty")
    app.add_url_rule("/voice", "word", lambda: "hello", methods=["POST"])
    return app


if __name__ == "__main__":
    serve("tests.benchmarks.empty:create_app", "127.0.0.1", int(sys.argv[1]), workers=1)
