"""What does an applicant do here? Ask for an aid, follow it, send what is awaited."""

from app.web.portal import draft, following, home, steps
from app.web.portal.blueprint import pages

__all__ = ["draft", "following", "home", "pages", "steps"]
