"""Tests of app.assets."""
