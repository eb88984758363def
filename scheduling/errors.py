"""What can go wrong with the appointment book, each named for what happened."""


class OpeningTaken(Exception):  # noqa: N818  named for what happened
    """The time is no longer free."""


class AppointmentChanged(Exception):  # noqa: N818
    """Somebody else has moved or cancelled the appointment since it was looked at."""


class TooManyGuesses(Exception):  # noqa: N818
    """So many references were unknown that no more are looked up for now."""


class UnknownHandover(Exception):  # noqa: N818
    """No handover has this code."""


class UsedHandover(Exception):  # noqa: N818
    """Another call has come with this code already."""


class ExpiredHandover(Exception):  # noqa: N818
    """The code was for some minutes, and these are over."""


class UnknownService(Exception):  # noqa: N818
    """The municipality has no such service, or not for so many persons."""


class Contended(Exception):  # noqa: N818
    """Somebody else was first in this very moment; the whole transaction can be tried again."""


class DatabaseAway(Exception):  # noqa: N818
    """The database does not answer, or cannot write; `reason` says which, in a sentence."""

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.connection_lost = False
        """Whether a fresh connection may do better."""


class AnothersBook(DatabaseAway):
    """The address of a book leads to that of another municipality; nothing of it is read."""

    def __init__(self, found: str, wanted: str) -> None:
        reason = f"the book is that of {found}, and not of {wanted}"
        super().__init__("DATABASE_URL leads there, or a copy was put in the wrong place", reason)
