"""The parts of a line: everything that is needed to answer, or to run a command."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from ivr.addresses import Addresses
from ivr.back_into_flow import BackIntoFlow
from ivr.demo_messages import DemoMessages
from ivr.kept_secret import own_secret
from ivr.settings import Settings
from ivr.signature import Signature
from ivr.tenants import CONNECTIONS_KEPT, Tenant
from ivr.texts import Texts
from ivr.twilio_account import Account
from scheduling.calendar import Calendar
from scheduling.database import Database
from scheduling.municipality_file import MunicipalityFile


@dataclass(frozen=True)
class Parts:
    """What belongs to one municipality."""

    settings: Settings
    file: MunicipalityFile
    calendar: Calendar
    database: Database
    signature: Signature
    clock: Callable[[], datetime]
    instance: Path = Path("instance")
    secret_key: str = field(default_factory=lambda: secrets.token_hex(32), repr=False)
    tenant: Tenant | None = None
    """Which of several municipalities it is; None where there is one."""

    @property
    def name(self) -> str:
        """The name of a municipality of several."""
        return self.tenant.name if self.tenant else ""

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach it over https."""
        return self.settings.public_url.startswith("https://")

    @property
    def texts(self) -> Texts:
        """What text messages say."""
        return Texts(self.calendar, self.signature.public_url)

    @property
    def demo_messages(self) -> DemoMessages:
        """Where text messages go without an account."""
        return DemoMessages(self.instance / "demo-messages", self.clock)

    @property
    def handover_secret(self) -> str:
        """What signs handovers: SECRET_KEY, or else the auth token, the same in every process."""
        token = self.signature.tokens[0]
        of_token = own_secret(token, self.name) if self.tenant else token
        return self.settings.secret_key.get_secret_value() or of_token

    @property
    def addresses(self) -> Addresses:
        """Where Twilio reaches the line, and how."""
        of = self.settings
        return Addresses(self.signature.public_url, of.fallback_url, of.twilio_edge)

    @property
    def back_into_flow(self) -> BackIntoFlow:
        """What sends callers back who talk with an agent."""
        account = Account.of(self.settings)
        return BackIntoFlow(
            self.database, account, self.addresses, self.handover_secret, self.clock
        )

    def of_this_process(self) -> "Parts":
        """The same parts with connections of their own: none is shared with another process."""
        return replace(self, database=opened(str(self.url), self.tenant))

    @property
    def url(self) -> str:
        """The address of the book, with its password."""
        return self.database.url.render_as_string(hide_password=False)


def opened(url: str, tenant: Tenant | None) -> Database:
    """The book at an address; raises ValueError or the driver's errors for one that is none."""
    if tenant is None:
        return Database(url)
    return Database(url, kept=CONNECTIONS_KEPT, of=tenant.name)
