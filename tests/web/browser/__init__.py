"""The employees' pages in a real browser: with keys, narrow screens and screen readers."""
