"""Whole journeys through the pages, in headless Chromium."""
