"""Serve the components to programs in any language: what Pulumi runs for PulumiPlugin.yaml."""

import importlib
import sys
from pathlib import Path

# Python puts the directory that it runs first on the path, where the modules in it would be no package and could hide
# others. The directory's parent belongs there, whatever the directory is called.
_HERE = Path(__file__).resolve().parent

if __name__ == "__main__":
    sys.path[0] = str(_HERE.parent)
    importlib.import_module(f"{_HERE.name}._plugin").serve(importlib.import_module(_HERE.name))
