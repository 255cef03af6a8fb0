"""How many generated examples a test takes: few by default, more with THOROUGH=10 in the environment."""

import os


def examples(few: int) -> int:
    return few * int(os.environ.get("THOROUGH", "1"))
