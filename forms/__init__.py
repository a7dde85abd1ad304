"""Form classes found by name; only dossier types whose forms need behaviour put one here."""
