"""The programs of the suite, `nbverify` and what it calls, with the libraries that they need."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_FOLDER = Path(__file__).resolve().with_name("bin")


def program() -> str:
    """The path of ``nbverify``."""
    return str(_FOLDER / "nbverify")


def environment() -> dict[str, str]:
    """The environment in which the programs find their libraries, and no others of the same names."""
    rest = os.environ.get("LD_LIBRARY_PATH")
    return {**os.environ, "LD_LIBRARY_PATH": str(_FOLDER) + (":" + rest if rest else "")}


def main() -> None:
    """Runs ``nbverify`` in place of this process."""
    os.execve(program(), ["nbverify", *sys.argv[1:]], environment())
