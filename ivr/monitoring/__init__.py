"""What a monitoring system is given: a dashboard for Grafana, and Prometheus' rules for alerts."""
