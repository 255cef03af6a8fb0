"""Serve the components to programs in any language: what Pulumi runs for PulumiPlugin.yaml."""

import importlib
import sys
from pathlib import Path

# Pulumi runs this directory, which puts it first on the path: there its modules would be no package, and could hide
# others. Its parent belongs there, whatever the directory is called.
_HERE = Path(__file__).resolve().parent
sys.path[0] = str(_HERE.parent)

if __name__ == "__main__":
    importlib.import_module(f"{_HERE.name}._plugin").serve()
