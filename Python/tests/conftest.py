"""The tests run against the installed package, or against this folder beside a build; each in a folder of its own."""

import importlib.util
import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(Path(__file__).resolve().parent))
found = importlib.util.find_spec("nanobragg")
if found is None or not Path(found.origin).with_name("libnanobragg-c.so").exists():
    sys.path.insert(0, str(ROOT / "Python"))
    os.environ["PYTHONPATH"] = str(ROOT / "Python")
    os.environ.setdefault("NANOBRAGG_LIBRARY", str(ROOT / ".build" / "release" / "libnanobragg-c.so"))
os.environ.setdefault("NANOBRAGG_GOLDEN", str(ROOT / "fixtures" / "golden"))


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
