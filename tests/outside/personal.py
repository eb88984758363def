"""Calls in which somebody keys in what is nobody else's business."""

from ivr.carrier import PhoneCall
from tests.calling import PASSPORT, key_in, press_all


def own_mobile(call: PhoneCall) -> None:
    """Keys a mobile in, for a message about what was booked."""
    press_all(call, PASSPORT + "12")
    key_in(call, "0687654321")
    call.press("1")


def home(call: PhoneCall) -> None:
    """Is to be visited at home."""
    press_all(call, "11711")
    key_in(call, "2351")
    key_in(call, "98")
    press_all(call, "111")


def rung_back(call: PhoneCall) -> None:
    """Finds nobody, and asks to be rung back at another number."""
    press_all(call, "03")
    key_in(call, "0715458599")
    call.press("1")
