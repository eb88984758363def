"""The appointment book, shared by every door; it knows nothing of telephones or web pages."""
