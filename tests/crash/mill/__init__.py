"""A dossier type without an end, for kills at every statement: a step, two jobs, a message, a date."""
