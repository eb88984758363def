"""Calls, tested as calls."""
