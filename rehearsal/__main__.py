"""``python -m rehearsal``: AWS on your own machine."""

import gc
import sys

from .cli import main

if __name__ == "__main__":
    if sys.argv[1:2] != ["serve"]:
        # All but the server are done soon, and what they make lives until then: looking for garbage in it again and
        # again takes a fifth of the time (`make bench`).
        gc.disable()
    sys.exit(main(sys.argv[1:]))
