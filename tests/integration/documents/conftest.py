"""What do the tests of documents share? The town, and its service on the web."""

from tests.town import Site, Town, site, town

__all__ = ["Site", "Town", "site", "town"]
