"""The pytest plugin of nanobragg: fixtures of the assertions, and where their bundles are.

A module of its own, so that a test run that does not use it loads neither NumPy nor the library.
"""

from __future__ import annotations

import os

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the option for the folder of bundles."""
    parser.getgroup("nanobragg").addoption(
        "--nanobragg-reports",
        metavar="FOLDER",
        help="where failed comparisons leave their bundles (default: nanobragg-reports)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Hands the folder on to the assertions."""
    folder = config.getoption("--nanobragg-reports")
    if folder:
        os.environ["NANOBRAGG_REPORTS"] = os.path.abspath(folder)


@pytest.fixture
def assert_image_matches():
    """`nanobragg.assert_image_matches`."""
    from nanobragg import assert_image_matches as function

    return function


@pytest.fixture
def assert_trace_matches():
    """`nanobragg.assert_trace_matches`."""
    from nanobragg import assert_trace_matches as function

    return function
