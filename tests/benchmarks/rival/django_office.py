# mypy: ignore-errors
"""django-appointment as a visitor of it meets it: what is free, and how to book."""

import logging
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from http import HTTPStatus
from types import SimpleNamespace

import django

logging.disable()  # it writes to stdout, where the figures go
django.setup()  # its models cannot be imported before this

from appointment.forms import AppointmentRequestForm  # noqa: E402
from appointment.models import (  # noqa: E402
    Appointment,
    AppointmentRequest,
    Config,
    Service,
    StaffMember,
    WorkingHours,
)
from appointment.services import get_available_slots_for_staff  # noqa: E402
from appointment.utils.db_helpers import (  # noqa: E402
    create_and_save_appointment,
    get_weekday_num_from_date,
)
from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import include, path  # noqa: E402
from django.utils import timezone  # noqa: E402

from tests.benchmarks.rival import workload  # noqa: E402
from tests.benchmarks.rival.workload import Place  # noqa: E402

urlpatterns = [path("appointment/", include("appointment.urls"))]

DETAILS = {"phone": "+31715458500", "want_reminder": False, "address": "", "additional_info": ""}
POSTED = {
    "name": "A Visitor",
    "email": "visitor@example.org",
    "phone_0": "NL",
    "phone_1": "0715458500",
    "payment_type": "full",
}
HOURS = {"start_time": workload.OPENS, "end_time": workload.CLOSES}
MINUTES = workload.LENGTH // timedelta(minutes=1)


def found_office() -> None:
    """Create the tables, the service, the counters with their hours, and one client."""
    call_command("makemigrations", "appointment", verbosity=0)  # it ships none, as its guide says
    call_command("migrate", verbosity=0)
    opening = {"lead_time": workload.OPENS, "finish_time": workload.CLOSES}
    Config.objects.create(slot_duration=MINUTES, appointment_buffer_time=0, **opening)
    service = Service.objects.create(name="Passport", duration=workload.LENGTH, price=0)
    User.objects.create_user("visitor", POSTED["email"], first_name="A", last_name="Visitor")
    for n in range(workload.COUNTERS):
        user = User.objects.create_user(f"counter{n}", f"counter{n}@example.org")
        staff = StaffMember.objects.create(user=user, slot_duration=MINUTES)
        staff.services_offered.add(service)
        for weekday in range(7):
            WorkingHours.objects.create(staff_member=staff, day_of_week=weekday, **HOURS)


def signed_in() -> Client:
    """Return a browser in which the visitor is known."""
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.get(username="visitor"))
    return client


class Office:
    """The municipality in its database: one service, and the counters that give it."""

    def __init__(self) -> None:
        """Read what was set up."""
        self.today = timezone.localdate()
        self.tomorrow = self.today + timedelta(days=1)
        self.service = Service.objects.get()
        self.staff = list(StaffMember.objects.filter(services_offered=self.service).order_by("pk"))
        self.visitor = User.objects.get(username="visitor")

    def fill(self, places: Iterable[Place]) -> None:
        """Empty the book, then take these places; not measured."""
        AppointmentRequest.objects.all().delete()
        asked = [AppointmentRequest(**self.wish(p), id_request=str(p)) for p in places]
        AppointmentRequest.objects.bulk_create(asked)
        Appointment.objects.bulk_create(
            Appointment(client=self.visitor, appointment_request=a, amount_to_pay=0) for a in asked
        )

    def booked(self) -> int:
        """Return how many appointments there are."""
        return Appointment.objects.count()

    def wish(self, place: Place) -> dict[str, object]:
        """Return what an appointment request says for a place."""
        ends = datetime.combine(place.day, place.starts) + workload.LENGTH
        hours = {"start_time": place.starts, "end_time": ends.time()}
        staff = self.staff[place.counter]
        return {"date": place.day, "service": self.service, "staff_member": staff, **hours}

    def free(self, day: date, staff: StaffMember) -> list[datetime]:
        """Return the free times of one staff member on one day."""
        weekday = get_weekday_num_from_date(day)
        return get_available_slots_for_staff(day, staff, weekday, service=self.service)

    def three_day_by_day(self) -> list[datetime]:
        """Ask every counter for each day in turn, until three times are known."""
        found, day = set(), self.tomorrow
        while len(found) < workload.ASKED:
            found.update(at for member in self.staff for at in self.free(day, member))
            day += timedelta(days=1)
        return sorted(found)[: workload.ASKED]

    def three_by_next_date(self) -> list[datetime]:
        """Ask every counter for its next free day, then read the earliest of those days."""
        found, day = set(), self.tomorrow
        while len(found) < workload.ASKED:
            nexts = [self.next_date(member, day) for member in self.staff]
            day = min(day for day, _ in nexts)
            found.update(at for when, slots in nexts if when == day for at in slots)
            day += timedelta(days=1)
        return sorted(found)[: workload.ASKED]

    def next_date(self, staff: StaffMember, day: date) -> tuple[date, list[datetime]]:
        """Return the next day on which a staff member has free times, and those times."""
        while not (slots := self.free(day, staff)):
            day += timedelta(days=1)
        return day, slots

    def book_straight(self, place: Place) -> None:
        """Book through the functions below the views."""
        form = AppointmentRequestForm(self.wish(place))
        request = SimpleNamespace(user=self.visitor)
        create_and_save_appointment(form.save(), POSTED, DETAILS, request)

    def book_by_posts(self, client: Client, place: Place) -> bool:
        """Book as a visitor's browser does, and return whether it was told so."""
        asked = client.post("/appointment/request-submit/", self.posted(place))
        if asked.status_code != HTTPStatus.FOUND:
            return False
        return client.post(asked.url, POSTED).status_code == HTTPStatus.FOUND

    def posted(self, place: Place) -> dict[str, object]:
        """Return the form fields of an appointment request."""
        wish = self.wish(place)
        return wish | {"service": self.service.pk, "staff_member": wish["staff_member"].pk}
