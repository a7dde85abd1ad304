"""What may be done to a dossier: one action is one thing a person or the clock does."""
