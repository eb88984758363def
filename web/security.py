"""What every page has in common for a browser's safety: cookies, forgery protection, headers."""

from flask import Flask, Response, request
from flask_wtf.csrf import CSRFProtect

CONTENT_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self';"
    " form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
"""Only our own files: no inline script or style, nothing of another site, no frame around us."""

_HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def protect(app: Flask, *, secure: bool, name: str = "") -> CSRFProtect:
    """Protects every form and page; `secure` where browsers come over https.

    `name` is that of the municipality where several have the same host: each has its own cookie.
    What is no form of a browser, and is checked otherwise, is to be exempted.
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

    @app.after_request
    def add_headers(response: Response) -> Response:
        is_page = response.mimetype == "text/html"
        if is_page or request.blueprint in {"agent", "signing_in"}:
            response.headers.update(_HEADERS)
            if secure:
                response.headers["Strict-Transport-Security"] = "max-age=31536000"
        if is_page:
            response.headers["Cache-Control"] = "no-store"
        return response

    return CSRFProtect(app)
