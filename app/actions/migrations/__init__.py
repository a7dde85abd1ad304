"""How do dossiers in flight change version? A dry run of all, then those chosen, in batches, and back."""
