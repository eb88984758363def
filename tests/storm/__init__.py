"""A storm on the line: callers, agents and faults at once, and a judge afterwards."""
