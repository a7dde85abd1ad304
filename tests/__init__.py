"""The tests of Liasse."""
