"""Stories of whole dossiers, told through the actions."""
