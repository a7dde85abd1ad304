"""A dossier type without an end, for kills at every statement: a step, a job, a message, a date."""
