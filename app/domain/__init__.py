"""Words and rules of the trade, pure Python: no database, no Flask, no clock."""
