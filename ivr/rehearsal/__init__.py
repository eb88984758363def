"""Plays calls on a book of its own, to measure what callers experience and to draw the dialogue."""
