"""Which dossier types exist: reads packs, checks them, builds their forms."""
