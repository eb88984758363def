"""What protects the pages: their cookies, and against forms of other sites."""

from flask import Flask
from flask_wtf.csrf import CSRFProtect


def protect(app: Flask, *, secure: bool, name: str = "") -> None:
    """Protects every form; `secure` where browsers come over https.

    `name` is that of the municipality where several have the same host: each has its own cookie.
    """
    session = f"session-{name}" if name else "session"
    app.config.update(
        # The prefix makes browsers refuse the cookie from anybody but this very host.
        SESSION_COOKIE_NAME=f"__Host-{session}" if secure else session,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=secure,
        WTF_CSRF_TIME_LIMIT=None,  # a token is as old as its session may become
    )
    CSRFProtect(app)
