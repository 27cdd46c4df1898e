"""The blocks of docs/python.md and docs/simtbx.md, in their order."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"


def blocks(page):
    """(language, code) of each block of a page."""
    return re.findall(r"^```(\w+)\n(.*?)^```$", page.read_text(encoding="utf-8"), re.M | re.S)


def run_pytest(command, expected):
    words = command.split()[1:]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *words], capture_output=True, text=True, env=os.environ
    )
    output = " ".join((run.stdout + run.stderr).split())
    for line in expected:
        if line.strip() not in ("", "…"):
            assert " ".join(line.split()) in output, (line, run.stdout)


@pytest.mark.parametrize("name", ["python.md", "simtbx.md"])
def test_every_block_does_what_the_page_says(name):
    names, ran = {}, 0
    for language, code in blocks(DOCS / name):
        if language == "python":
            file = re.match(r"# (\w+\.py)\n", code)
            if file:
                Path(file.group(1)).write_text(code)
                continue
            if "verify" in code and not has_programs():
                continue
            exec(compile(code, f"{name}, block {ran}", "exec"), names)  # noqa: S102
            ran += 1
        elif language == "console" and code.startswith("$ pytest"):
            command, *expected = code.splitlines()
            run_pytest(command[2:], expected)
            ran += 1
    assert ran >= (9 if name == "python.md" else 1)


def has_programs():
    from nanobragg import verify

    try:
        verify.program()
    except FileNotFoundError:
        return False
    return True
