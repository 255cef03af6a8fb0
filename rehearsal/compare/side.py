"""Run the rehearsal that is asked on the program in the working directory, whatever rehearsal that has itself.

This file is run by path, so that nothing of the program is imported before `rehearsal` is settled:

    python -P side.py REHEARSAL FALLBACK ARGUMENT...

`rehearsal` is the package in the directory REHEARSAL; everything else (`settings`, `components`) comes from the working
directory, as when the program is run. FALLBACK lists directories in which modules are looked for last: a side with
pinned packages of its own has the program's in its virtual environment, but not what the rehearsal itself needs.
"""

import importlib.util
import os
import runpy
import sys
from pathlib import Path


def main() -> None:
    """Settle `rehearsal` and the search path, then run its command line."""
    home, fallback, *arguments = sys.argv[1:]
    spec = importlib.util.spec_from_file_location(
        "rehearsal", Path(home) / "__init__.py", submodule_search_locations=[home]
    )
    if spec is None or spec.loader is None:
        raise SystemExit(f"there is no rehearsal in {home}")
    package = importlib.util.module_from_spec(spec)
    sys.modules["rehearsal"] = package
    spec.loader.exec_module(package)
    sys.path.insert(0, str(Path.cwd()))
    sys.path += [path for path in fallback.split(os.pathsep) if path]
    sys.argv = ["rehearsal", *arguments]
    runpy.run_module("rehearsal", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
