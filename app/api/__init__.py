"""The door for programs: JSON."""
