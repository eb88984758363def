"""The doors for people behind a screen: pages for the municipality's own employees."""
