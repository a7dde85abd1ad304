"""Tables: columns and relations, no behaviour."""
