"""The application for a web server and for the commands, made from the environment."""

import gc
import os
import sys

gc.disable()  # nothing of what is loaded is ever let go: the collector need not look at it, now or later

from campaign import create_app  # noqa: E402
from campaign.config import BadSetting, read_config  # noqa: E402
from campaign.project import HOME  # noqa: E402

os.umask(0o077)  # what is kept of donors is for the account that runs this alone
try:
    app = create_app(read_config(os.environ, dotenv=HOME / ".env"))
except BadSetting as error:
    sys.exit(f"kurak: {error}")
gc.freeze()
gc.enable()
