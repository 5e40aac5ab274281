"""The sandbox's hosted pages under the product's own address, so a browser anywhere can reach them; development only.

The product hands requests on and answers back and looks into neither. The sandbox's API is not reachable this way.
"""

from flask import Blueprint

bp = Blueprint("sandbox", __name__, url_prefix="/sandbox")

from campaign.blueprints.sandbox import pages
