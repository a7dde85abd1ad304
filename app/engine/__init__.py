"""The engine room: the only place that knows SpiffWorkflow; it knows no database."""
