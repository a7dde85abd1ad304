"""Which blueprint do the pages of types belong to?"""

from flask import Blueprint

pages = Blueprint("types", __name__)
