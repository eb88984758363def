"""The promises of the line, each with the test that keeps it."""
