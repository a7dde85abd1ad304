"""What may be asked: reads only, scoped by who asks."""
