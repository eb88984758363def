"""What every page tells a browser for its safety."""

from flask import Flask, Response

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


def add_headers(app: Flask, *, secure: bool, everywhere: bool = False) -> None:
    """Adds them to each page, or to whatever is answered `everywhere`.

    `secure` where browsers come over https.
    """

    @app.after_request
    def add(response: Response) -> Response:
        is_page = response.mimetype == "text/html"
        if is_page or everywhere:
            response.headers.update(_HEADERS)
            if secure:
                response.headers["Strict-Transport-Security"] = "max-age=31536000"
        if is_page:
            response.headers["Cache-Control"] = "no-store"
        return response
