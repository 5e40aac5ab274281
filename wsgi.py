"""The application for a web server and for `flask --app wsgi …`."""

import os
import sys
from pathlib import Path

from campaign import create_app
from campaign.config import BadSetting, read_config

try:
    app = create_app(read_config(os.environ, dotenv=Path(".env")))
except BadSetting as error:
    sys.exit(f"kurak: {error}")
