"""The application for a web server and for `flask --app wsgi …`."""

import gc
import os
import sys
from pathlib import Path

gc.disable()  # nothing of what is loaded is ever let go: the collector need not look at it, now or later

from campaign import create_app  # noqa: E402
from campaign.config import BadSetting, read_config  # noqa: E402

os.umask(0o077)  # what is kept of donors is for the account that runs this alone
try:
    app = create_app(read_config(os.environ, dotenv=Path(".env")))
except BadSetting as error:
    sys.exit(f"kurak: {error}")
gc.freeze()
gc.enable()
