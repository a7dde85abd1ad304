"""What do the tests of the house share? The filled demonstration."""

from tests.demo import demo_folder

__all__ = ["demo_folder"]
