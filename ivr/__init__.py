"""The telephone: what Twilio asks, what the caller hears, where each key leads."""
