"""Which outside files do browsers need, and where are they? Fetched once, by pinned hash."""
