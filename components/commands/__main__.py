"""The commands in the repository: ``python -m components.commands`` (the wheel brings them as ``elasticweb``)."""

import sys

from .main import main

if __name__ == "__main__":
    sys.exit(main())
