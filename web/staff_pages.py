"""The employees' pages: an application of its own, which knows nothing of telephones."""

from flask import Flask

from web.agent_page import agent
from web.back_office import BackOffice
from web.headers import add_headers
from web.openid_pages import openid_pages
from web.security import protect
from web.signing_in import signing_in


def staff_pages(
    office: BackOffice, secret_key: str, *, most_bytes: int, secure: bool, name: str = ""
) -> Flask:
    """The pages of one municipality; `secure` where browsers come over https.

    `secret_key` signs the sessions; `name` is the municipality's where several share a host. A
    request of more than `most_bytes` is refused before it is read.
    """
    app = Flask("web", static_folder=None)
    app.secret_key = secret_key
    app.config["MAX_CONTENT_LENGTH"] = most_bytes
    app.extensions["back_office"] = office
    protect(app, secure=secure, name=name)
    add_headers(app, secure=secure, everywhere=True)
    for blueprint in (signing_in, openid_pages, agent):
        app.register_blueprint(blueprint)
    return app
