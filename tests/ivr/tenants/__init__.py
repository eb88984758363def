"""Several municipalities in one installation: which is meant, and what keeps them apart."""
