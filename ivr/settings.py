"""Everything that differs between installations, and what must hold between its parts."""

import re
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import click
from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from scheduling.municipality_file import LEIDERDORP


class CannotStart(click.ClickException):
    """Something must be set or mended first; the message says what."""


class Settings(BaseSettings):
    """Everything that differs between installations, from the environment or `.env`."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True)

    database_url: str = Field(default="", repr=False)
    public_url: str = ""
    twilio_account_sid: str = ""
    twilio_auth_token: SecretStr = SecretStr("")
    twilio_auth_token_next: SecretStr = SecretStr("")
    fallback_url: str = ""
    twilio_api_url: str = "https://api.twilio.com"
    twilio_region: str = ""
    twilio_edge: str = ""
    municipality: Path = LEIDERDORP
    municipalities: Path | None = None
    port: int = Field(default=5000, ge=1, le=65535)
    host: str = "127.0.0.1"
    secret_key: SecretStr = SecretStr("")
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    oidc_role_claim: str = "roles"
    oidc_roles: str = ""
    oidc_only: bool = False
    demo_clock_ahead: int = 0

    @model_validator(mode="after")
    def _an_account_is_complete(self) -> Self:
        if self.twilio_account_sid and not self.twilio_auth_token.get_secret_value():
            raise ValueError("TWILIO_ACCOUNT_SID is set: set TWILIO_AUTH_TOKEN to its auth token")
        if self.twilio_auth_token_next.get_secret_value() and not self.is_connected:
            raise ValueError("TWILIO_AUTH_TOKEN_NEXT is set: set TWILIO_AUTH_TOKEN too")
        if self.is_connected and not self.public_url:
            raise ValueError(
                "TWILIO_AUTH_TOKEN is set: set PUBLIC_URL to the address at which Twilio reaches"
                " this line, such as https://afspraken.example.nl"
            )
        if self.is_connected and self.demo_clock_ahead:
            raise ValueError("a connected line keeps the real time: unset DEMO_CLOCK_AHEAD")
        return self

    @model_validator(mode="after")
    def _the_address_is_one(self) -> Self:
        if self.public_url and not _is_address(self.public_url):
            raise ValueError(
                f"PUBLIC_URL is {self.public_url!r}: write it as https://afspraken.example.nl"
            )
        if self.fallback_url and not self.fallback_url.startswith("https://"):
            raise ValueError(
                f"FALLBACK_URL is {self.fallback_url!r}: write it as https://, at another host"
            )
        return self

    @model_validator(mode="after")
    def _the_provider_is_whole(self) -> Self:
        three = {
            "OIDC_ISSUER": self.oidc_issuer,
            "OIDC_CLIENT_ID": self.oidc_client_id,
            "OIDC_CLIENT_SECRET": self.oidc_client_secret.get_secret_value(),
        }
        missing = [name for name, value in three.items() if not value]
        if missing and (len(missing) < len(three) or self.oidc_only or self.oidc_roles):
            raise ValueError(
                f"signing in with the municipality's own accounts needs {', '.join(three)}:"
                f" set {' and '.join(missing)} too, or no OIDC_… at all"
            )
        if self.oidc_issuer and not _is_issuer(self.oidc_issuer):
            raise ValueError(
                f"OIDC_ISSUER is {self.oidc_issuer!r}: write it as https://inloggen.example.nl;"
                " only on this machine itself may it be http://"
            )
        return self

    @model_validator(mode="after")
    def _twilio_is_reached_in_one_way(self) -> Self:
        if not _is_address(self.twilio_api_url):
            raise ValueError(
                f"TWILIO_API_URL is {self.twilio_api_url!r}: write it as https://api.twilio.com"
            )
        for name in ("twilio_region", "twilio_edge"):
            if not re.fullmatch(r"[a-z0-9-]*", value := getattr(self, name)):
                raise ValueError(f"{name.upper()} is {value!r}: write it as ie1 or dublin")
        if bool(self.twilio_region) != bool(self.twilio_edge):  # api.ie1.twilio.com is switched off
            raise ValueError(
                "TWILIO_REGION and TWILIO_EDGE belong together: set both, as ie1 and dublin"
            )
        return self

    @property
    def can_send(self) -> bool:
        """Whether there is a whole account, which sends text messages."""
        return self.is_connected and bool(self.twilio_account_sid)

    @property
    def lacks_account(self) -> bool:
        """Whether the account is missing that the token belongs to."""
        return self.is_connected and not self.twilio_account_sid

    @property
    def is_connected(self) -> bool:
        """Whether this line has a Twilio account; without one it is a demo for its softphone."""
        return bool(self.twilio_auth_token.get_secret_value())

    @property
    def address(self) -> str:
        """Where the line is reached on this machine."""
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"


def _is_address(url: str) -> bool:
    """Whether Twilio can reach a line at this URL, to which paths are added."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and port != 0
    return whole and not (parts.query or parts.fragment)


def _is_issuer(url: str) -> bool:
    """Whether secrets can be sent there (OpenID Connect Discovery 1.0, section 2)."""
    is_safe = url.startswith("https://") or urlsplit(url).hostname in {"localhost", "127.0.0.1"}
    return _is_address(url) and is_safe


def explained(error: ValidationError) -> str:
    """What is wrong with the settings, each by its name; no value is told, it may be a secret."""
    told = [
        f"{'.'.join(map(str, each['loc'])).upper()} {each['msg']}".replace("Value error, ", "")
        for each in error.errors(include_input=False)
    ]
    return "\n".join(each.strip() for each in told)
