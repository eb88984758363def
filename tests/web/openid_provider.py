"""A provider of OpenID Connect on the loopback, made of Authlib's server: real HTTP, real keys.

It wants a client's secret and PKCE with S256, takes each code once, and signs in whoever `person`
is without asking. `python -m tests.web.openid_provider` runs one to try the line with.
"""

import argparse
import base64
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin, grants
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode
from flask import Flask, request
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server
from werkzeug.wrappers import Response

CLIENT_ID = "afsprakenlijn"
CLIENT_SECRET = "the-secret-of-the-line"  # noqa: S105  opens nothing but tests


@dataclass
class Code(AuthorizationCodeMixin):  # type: ignore[misc]  # Authlib publishes no types
    """What the provider remembers of a code."""

    redirect_uri: str
    scope: str
    nonce: str
    code_challenge: str
    code_challenge_method: str
    person: dict[str, Any]

    def get_redirect_uri(self) -> str:  # noqa: D102
        return self.redirect_uri

    def get_scope(self) -> str:  # noqa: D102
        return self.scope

    def get_nonce(self) -> str:  # noqa: D102
        return self.nonce

    def get_auth_time(self) -> int:  # noqa: D102
        return int(time.time())

    def get_acr(self) -> None:  # noqa: D102
        return None

    def get_amr(self) -> None:  # noqa: D102
        return None


class Client(ClientMixin):  # type: ignore[misc]
    """The line, as the provider knows it; `redirect_uri` is where it may be sent back to."""

    def __init__(self, redirect_uri: str) -> None:
        self.redirect_uri = redirect_uri
        self.client_id = CLIENT_ID

    def get_client_id(self) -> str:  # noqa: D102
        return CLIENT_ID

    def get_default_redirect_uri(self) -> str:  # noqa: D102
        return self.redirect_uri

    def get_allowed_scope(self, scope: str) -> str:  # noqa: D102
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:  # noqa: D102
        return redirect_uri == self.redirect_uri

    def check_client_secret(self, client_secret: str) -> bool:  # noqa: D102
        return client_secret == CLIENT_SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:  # noqa: D102
        return endpoint == "token" and method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:  # noqa: D102
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:  # noqa: D102
        return grant_type == "authorization_code"


@dataclass
class Provider:
    """The municipality's accounts; a test changes who signs in, or what goes wrong.

    `claims` replaces claims of the ID token, and None takes one away; `signs_with` is the key and
    `alg` the algorithm of its signature.
    """

    redirect_uri: str
    issuer: str = ""
    person: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "first"}))
    signs_with: Any = None
    alg: str = "RS256"
    codes: dict[str, Code] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def id_token(self, signed: str) -> str:
        """The ID token that is handed out in place of a right one."""
        claims = jwt.decode(signed, self.key).claims | self.claims
        claims = {name: value for name, value in claims.items() if value is not None}
        key = self.signs_with or self.key
        if self.alg == "none":
            return ".".join((*(_base64(part) for part in ({"alg": "none"}, claims)), ""))
        return jwt.encode({"alg": self.alg, "kid": key.kid}, claims, key, [self.alg])

    def document(self) -> dict[str, Any]:
        """What discovery says."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        } | self.metadata


def _base64(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


def application(provider: Provider) -> Flask:
    """The provider's web server."""
    app = Flask("provider")
    client = Client(provider.redirect_uri)
    server = AuthorizationServer(
        app,
        query_client=lambda name: client if name == CLIENT_ID else None,
        save_token=lambda token, request: None,  # noqa: ARG005  nobody uses it afterwards
    )
    server.register_grant(_code_grant(provider), [_id_token(provider), CodeChallenge()])

    @app.before_request
    def note() -> None:
        provider.asked.append(request.path)

    @app.get("/.well-known/openid-configuration")
    def discovery() -> dict[str, Any]:
        return provider.document()

    @app.get("/keys")
    def keys() -> dict[str, Any]:
        return {"keys": [provider.key.as_dict(private=False)]}

    @app.get("/authorize")
    def authorize() -> Response:
        grant = server.get_consent_grant(end_user=provider.person)
        assert request.args["code_challenge_method"] == "S256"
        answer: Response = server.create_authorization_response(
            grant_user=provider.person, grant=grant
        )
        return answer

    @app.post("/token")
    def token() -> Response:
        answer: Response = server.create_token_response()
        return answer

    return app


def _code_grant(provider: Provider) -> type:
    class CodeGrant(grants.AuthorizationCodeGrant):  # type: ignore[misc]
        TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic",)

        def save_authorization_code(self, code: str, request: Any) -> None:  # noqa: ANN401
            sent = request.payload.data
            provider.codes[code] = Code(
                request.payload.redirect_uri,
                request.payload.scope,
                sent["nonce"],
                sent["code_challenge"],
                sent["code_challenge_method"],
                request.user,
            )

        def query_authorization_code(self, code: str, _client: Client) -> Code | None:
            return provider.codes.get(code)

        def delete_authorization_code(self, authorization_code: Code) -> None:
            provider.codes = {
                code: each for code, each in provider.codes.items() if each != authorization_code
            }

        def authenticate_user(self, authorization_code: Code) -> dict[str, Any]:
            return authorization_code.person

    return CodeGrant


def _id_token(provider: Provider) -> OpenIDCode:
    class IDToken(OpenIDCode):  # type: ignore[misc]
        def exists_nonce(self, nonce: str, _request: object) -> bool:
            return any(each.nonce == nonce for each in provider.codes.values())

        def get_client_algorithm(self, _client: Client) -> str:
            return "RS256"

        def resolve_client_private_key(self, _client: Client) -> RSAKey:
            return provider.key

        def get_client_claims(self, _client: Client) -> dict[str, Any]:
            return {"iss": provider.issuer, "aud": [CLIENT_ID]}

        def generate_user_info(self, user: dict[str, Any], _scope: str) -> dict[str, Any]:
            return user

        def encode_id_token(self, token: dict[str, Any], request: object) -> str:
            return provider.id_token(super().encode_id_token(token, request))

    return IDToken(require_nonce=True)


@contextmanager
def running(redirect_uri: str, port: int = 0) -> Iterator[Provider]:
    """A provider that answers, and knows the line by the place to send people back to."""
    provider = Provider(redirect_uri)
    server = make_server("127.0.0.1", port, application(provider), threaded=True)
    provider.issuer = f"http://localhost:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def main() -> None:
    """Runs a provider that signs in one person, for who wants to try."""
    parser = argparse.ArgumentParser(description="A provider for trying; it asks for no password.")
    parser.add_argument("name", help="who is signed in")
    parser.add_argument("role")
    parser.add_argument("--line", default="http://127.0.0.1:5000", help="PUBLIC_URL of the line")
    asked = parser.parse_args()
    with running(f"{asked.line}/staff/openid/return", 9400) as provider:
        provider.person = {
            "sub": f"subject-{asked.name}",
            "preferred_username": asked.name,
            "roles": [asked.role],
        }
        print(  # noqa: T201
            f"OIDC_ISSUER={provider.issuer}\n"
            f"OIDC_CLIENT_ID={CLIENT_ID}\n"
            f"OIDC_CLIENT_SECRET={CLIENT_SECRET}",
            flush=True,
        )
        threading.Event().wait()


if __name__ == "__main__":
    main()
