"""The only folder that knows SpiffWorkflow: its classes, subclassed."""
