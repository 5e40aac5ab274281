"""The application for a web server and for `flask --app wsgi …`; it is `campaign.wsgi:app` where Kurak is installed."""

from campaign.wsgi import app

__all__ = ["app"]
