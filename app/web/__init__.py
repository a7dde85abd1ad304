"""The door for people: Flask pages."""
