"""Tests that keep the house: what a machine can check of our own rules."""
