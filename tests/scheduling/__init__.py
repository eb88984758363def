"""The appointment book's tests: real databases, the time in hand, no mocks."""
