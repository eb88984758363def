"""The appointment book beside django-appointment, on the same calendar and machine."""
