"""What messages are begun with, and what several checks ask."""

import re

COMPONENT = "WebTier"

PATH = re.compile(r"/[!-~]{0,1023}")
