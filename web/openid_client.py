"""Speaks with the municipality's provider, through Authlib: the one module that does.

The authorization code flow (OpenID Connect Core 1.0, section 3.1) with PKCE (RFC 7636, S256), state
and nonce; the addresses come from discovery (OpenID Connect Discovery 1.0, section 4). Nothing is
kept between two requests but in the browser's signed session: a key or an address that the provider
changes counts from the next sign-in on, in every worker.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from authlib.integrations.base_client.errors import MismatchingStateError
from authlib.integrations.flask_client import FlaskIntegration, FlaskOAuth2App, OAuthError
from flask import request, session
from joserfc.errors import JoseError
from requests import RequestException
from werkzeug.wrappers import Response

from web.openid import Claims, NotVouched, ProviderAway, Stale

SECONDS = 2
"""How long the provider may take to be reached, and then again to answer."""

MOST_AT_ONCE = 3
"""Of a worker's threads; whatever the provider does, the others answer the telephone."""

SIGNED_BY = [f"{kind}{bits}" for kind in ("RS", "PS", "ES") for bits in (256, 384, 512)]
"""Only a signature with the provider's private key counts: never "none", never a shared secret."""

_LEEWAY = 60
_NAME = "openid"
_STATES = f"_state_{_NAME}_"
_WRONG = (OAuthError, JoseError, ValueError, KeyError, TypeError, AttributeError, RuntimeError)

log = logging.getLogger("ivr.openid")


class MunicipalProvider:
    """A provider that is known by its issuer."""

    def __init__(self, issuer: str, client_id: str, secret: str, redirect_uri: str) -> None:
        self.issuer = issuer
        self.client_id = client_id
        self.redirect_uri = redirect_uri
        self._secret = secret
        self._turns = threading.BoundedSemaphore(MOST_AT_ONCE)

    def begin(self) -> Response:
        """Sends the browser to the provider; raises ProviderAway and NotVouched."""
        for earlier in [key for key in session if key.startswith(_STATES)]:
            del session[earlier]  # or they would outgrow the cookie
        with self._asking():
            answer: Response = self._app().authorize_redirect(self.redirect_uri)
        return answer

    def finish(self) -> Claims:
        """Who came back with this request; raises ProviderAway, Stale and NotVouched."""
        if f"{_STATES}{request.args.get('state')}" not in session:
            raise Stale
        with self._asking():
            claims = self._app().authorize_access_token(leeway=_LEEWAY).get("userinfo")
        if not claims:
            raise NotVouched
        return dict(claims)

    def _app(self) -> "_App":
        return _App(
            FlaskIntegration(_NAME),
            name=_NAME,
            client_id=self.client_id,
            client_secret=self._secret,
            server_metadata_url=f"{self.issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={
                "scope": "openid profile email",
                "code_challenge_method": "S256",
                "default_timeout": (SECONDS, SECONDS),
            },
        ).of(self.issuer)

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """One of the few turns that wait for the provider; what goes wrong becomes our errors."""
        if not self._turns.acquire(timeout=0.5):
            raise ProviderAway
        try:
            yield
        except MismatchingStateError as error:
            raise Stale from error
        except RequestException as error:
            log.warning("the provider is away: %s", type(error).__name__)
            raise ProviderAway from error
        except _WRONG as error:
            # The kind of error alone: what the provider or a browser wrote stays out of the log.
            log.warning("the provider's answer is refused: %s", _kind(error))
            raise NotVouched from error
        finally:
            self._turns.release()


class _App(FlaskOAuth2App):  # type: ignore[misc]  # Authlib publishes no types
    """Authlib's client; it holds the provider to the issuer that is set, and to our own name."""

    issuer = ""

    def of(self, issuer: str) -> "_App":
        """The same, for an issuer."""
        self.issuer = issuer
        return self

    def load_server_metadata(self) -> dict[str, Any]:
        """What discovery says; the issuer must be the one that is set (Discovery, section 4.3)."""
        metadata: dict[str, Any] = super().load_server_metadata()
        if str(metadata["issuer"]).rstrip("/") != self.issuer.rstrip("/"):
            raise OAuthError(error="other_issuer")
        return metadata | {"id_token_signing_alg_values_supported": SIGNED_BY}

    def parse_id_token(self, token: dict[str, Any], nonce: str, **more: Any) -> Claims:  # noqa: ANN401
        """The claims of a token that is signed, current, of this issuer, and for this client.

        Core, section 3.1.3.7; Authlib itself checks the audience only where it is told to.
        """
        expected = {"iss": self.load_server_metadata()["issuer"], "aud": self.client_id}
        options = {name: {"essential": True, "value": value} for name, value in expected.items()}
        claims: Claims = super().parse_id_token(token, nonce, **more | {"claims_options": options})
        return claims


def _kind(error: Exception) -> str:
    known = error.error if isinstance(error, OAuthError | JoseError) else ""
    is_code = isinstance(known, str) and known.isascii() and known.isidentifier()
    return f"{type(error).__name__} {known[:40] if is_code else ''}".strip()
