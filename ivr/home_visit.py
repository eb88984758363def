"""A visit at home: for who cannot come through illness or disability, and whom nobody can bring."""

from datetime import datetime

from msgspec import Struct

from ivr import offering, welcome
from ivr.desk import Desk, Home
from ivr.errand import Errand
from ivr.phone_numbers import is_number, keyed
from ivr.questions import Entry, Menu, Prompt
from ivr.step import Step
from scheduling.openings import Wish


class Visit(Struct, frozen=True):
    """What is asked for at home, what it is instead of, and the visit that it follows."""

    service: str
    instead: str
    after: datetime | None = None


class CannotCome(Step, frozen=True):
    """Whether the caller cannot come through illness or disability."""

    visit: Visit

    def ask(self) -> Menu:
        """Asks for yes or no."""
        return _yes_or_no(Prompt("cannot_come"))

    def answered(self, key: str, desk: Desk) -> Step:
        """Who can come is helped in the town hall."""
        return NobodyBrings(self.visit) if key == "1" else _in_the_town_hall(self.visit, desk)


class NobodyBrings(Step, frozen=True):
    """Whether there is nobody who can bring the caller."""

    visit: Visit

    def ask(self) -> Menu:
        """Asks for yes or no."""
        return _yes_or_no(Prompt("nobody_brings"))

    def answered(self, key: str, desk: Desk) -> Step:
        """Who can be brought is helped in the town hall."""
        if key == "2":
            return _in_the_town_hall(self.visit, desk)
        return KeyPostcode(self.visit, desk.municipality.postcodes)


def _yes_or_no(question: Prompt) -> Menu:
    return Menu({"1": Prompt("confirm_yes"), "2": Prompt("confirm_no")}, core=(question,))


def _in_the_town_hall(visit: Visit, desk: Desk) -> Step:
    return welcome.choose_persons(desk, visit.instead, visit.after, notice="come_to_us")


class KeyPostcode(Step, frozen=True):
    """The digits of the caller's postcode: the team visits this municipality only."""

    visit: Visit
    postcodes: tuple[str, ...]

    def ask(self) -> Entry:
        """Asks for four digits."""
        return Entry(
            4, self.postcodes.__contains__, "postcode_wrong", core=(Prompt("key_postcode"),)
        )

    def answered(self, key: str, desk: Desk) -> Step:  # noqa: ARG002  one question more
        """Leads to the house number."""
        return KeyHouseNumber(self.visit, key)


class KeyHouseNumber(Step, frozen=True):
    """The caller's house number; what follows it, an employee hears when he rings."""

    visit: Visit
    postcode: str

    def ask(self) -> Entry:
        """Asks for up to five digits, after which he just waits."""
        core = (Prompt("key_house_number"),)
        return Entry(5, _is_house_number, "house_number_wrong", core=core)

    def answered(self, key: str, desk: Desk) -> Step:
        """Leads to the free times; a withheld number is asked for first."""
        home = Home(self.postcode, str(int(key)), desk.number)
        return _offer(self.visit, home, desk) if desk.number else KeyHomeNumber(self.visit, home)


def _is_house_number(keys: str) -> bool:
    return int(keys) > 0


class KeyHomeNumber(Step, frozen=True):
    """The number at which an employee rings about the address."""

    visit: Visit
    home: Home

    def ask(self) -> Entry:
        """Asks for ten digits."""
        core = (Prompt("key_home_number"),)
        return Entry(10, is_number, "number_wrong", core=core)

    def answered(self, key: str, desk: Desk) -> Step:
        """Leads to the free times."""
        home = Home(self.home.postcode, self.home.house_number, keyed(key))
        return _offer(self.visit, home, desk)


def _offer(visit: Visit, home: Home, desk: Desk) -> Step:
    return offering.offer(desk, Errand(Wish(visit.service), after=visit.after, home=home))
