"""The tests run against the installed package, or against this folder beside a build; each in a folder of its own."""

import importlib.util
import os
import signal
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
# A shell starts programs in the background with Ctrl-C ignored, and Python keeps that: the tests of Ctrl-C would wait for good.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_runtest_logreport(report):
    """Writes a line for each test to the file that NANOBRAGG_CHECKS names: the checks of a night."""
    target = os.environ.get("NANOBRAGG_CHECKS")
    if not target or (report.when != "call" and report.passed):
        return
    name = report.nodeid.rsplit("/", 1)[-1].replace(": ", ":")
    with open(target, "a", encoding="ascii", errors="backslashreplace") as file:
        if report.failed:
            reason = str(report.longrepr).strip().splitlines()[-1]
            file.write(f"FAILED {name}: {reason}\n")
        elif report.when == "call" and report.passed:
            file.write(f"ok     {name}\n")


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
