"""Plays whole calls on a real line at a given rate, and measures what callers and workers bear."""
