"""The assertions on a small simulator with planted faults."""

import json
import re

import numpy as np
import pytest
from little import FAULTS, SCENE, Little

import nanobragg

PIXEL = (7, 15)


def test_the_right_simulator_passes():
    little = Little()
    nanobragg.assert_trace_matches(little.trace(*PIXEL), PIXEL, SCENE, tolerance=1e-9)
    nanobragg.assert_image_matches(little.image(), SCENE)


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_named(fault, tmp_path, monkeypatch):
    monkeypatch.setenv("NANOBRAGG_REPORTS", str(tmp_path))
    quantities = Little(fault).trace(*PIXEL)
    with pytest.raises(AssertionError) as failure:
        nanobragg.assert_trace_matches(quantities, PIXEL, SCENE, tolerance=1e-9)
    text = str(failure.value)
    assert "first divergence: " in text and f": {FAULTS[fault]}: " in text, text
    folder = re.search(r"bundle: (.*)$", text).group(1)
    assert sorted(path.name for path in (tmp_path / folder).iterdir()) == [
        "candidate.log",
        "comparison.txt",
        "reference.log",
        "report.txt",
        "run.json",
    ]
    assert json.loads((tmp_path / folder / "run.json").read_text())["words"] == SCENE.split()


def test_an_image_leads_to_the_first_divergence(tmp_path, monkeypatch):
    monkeypatch.setenv("NANOBRAGG_REPORTS", str(tmp_path))
    little = Little("no obliquity")
    with pytest.raises(AssertionError) as failure:
        nanobragg.assert_image_matches(little.image(), SCENE, trace=little.trace)
    text = str(failure.value)
    assert "worst pixel: slow" in text and "solid-angle" in text and "first divergence: omega_pixel_sr" in text, text
    names = {path.name for path in next(tmp_path.iterdir()).iterdir()}
    assert {"candidate.npy", "reference.npy", "difference.png", "reference.log", "candidate.log"} <= names


@pytest.mark.parametrize(
    "change, cause",
    [
        (lambda image: image.T, "slow and fast are exchanged"),
        (lambda image: image[::-1], "mirrored along slow"),
        (lambda image: image[:, ::-1], "mirrored along fast"),
        (lambda image: np.roll(image, (1, 0), (0, 1)), "shifted by 1 pixels along slow and 0 along fast"),
        (lambda image: image * np.float32(125932), "every pixel is 125932"),
        (lambda image: np.where(image == image.max(), np.nan, image), "not a number"),
        (lambda image: image[:, 1:], "the image has shape"),
    ],
)
def test_causes_that_an_image_shows(change, cause):
    result = nanobragg.simulate(SCENE)
    found = nanobragg.compare_images(change(result.image), result)
    assert not found.agrees and cause in str(found), str(found)


def test_what_looks_alike_is_not_called_alike():
    result = nanobragg.simulate(SCENE)
    image = result.image.copy()
    image[3, 4] *= 1.00001
    found = nanobragg.compare_images(image, result)
    assert (found.deviating, found.worst, found.cause) == (1, (3, 4), "")
    nanobragg.assert_image_matches(image, result, tolerance=1e-4)


@pytest.mark.parametrize("case", nanobragg.golden_cases(tag="oversample")[:5], ids=str)
def test_golden_cases_are_parameters(case):
    nanobragg.assert_image_matches(case.image, list(case.words))
    for pixel, trace in case.traces.items():
        nanobragg.assert_trace_matches(trace, pixel, list(case.words))


def test_a_bundle_has_the_inputs_from_memory(tmp_path, monkeypatch):
    monkeypatch.setenv("NANOBRAGG_REPORTS", str(tmp_path))
    mask = np.eye(24)
    with pytest.raises(AssertionError):
        nanobragg.assert_image_matches(np.zeros((24, 24)), SCENE, mask=mask)
    with np.load(next(tmp_path.iterdir()) / "inputs.npz") as inputs:
        assert np.array_equal(inputs["mask"], mask)
    for tolerance in (-1, float("inf"), float("nan"), "a"):
        with pytest.raises(nanobragg.Refused):
            nanobragg.compare_images(np.zeros((24, 24)), SCENE, tolerance=tolerance)


def test_what_is_no_image_or_trace_is_refused():
    for value in ["text", [1, 2], [[1, "a"]], None, np.zeros((2, 2), complex)]:
        with pytest.raises(TypeError):
            nanobragg.compare_images(value, SCENE)
    for value in [3, None, {"a b": 1}, {"polar": []}, {"polar": object()}]:
        with pytest.raises((TypeError, nanobragg.Refused)):
            nanobragg.assert_trace_matches(value, PIXEL, SCENE)


def test_the_plugin_is_there():
    from importlib.metadata import entry_points

    found = [entry for entry in entry_points(group="pytest11") if entry.name == "nanobragg"]
    if not found:
        pytest.skip("the package is not installed")
    assert found[0].value == "nanobragg_pytest"


def test_a_failing_test_of_a_user(tmp_path):
    """An ordinary pytest run with a failing comparison, as a user sees it."""
    import os
    import subprocess
    import sys

    (tmp_path / "test_port.py").write_text(
        "def test_port(assert_image_matches):\n"
        "    import nanobragg\n"
        f"    result = nanobragg.simulate({SCENE!r})\n"
        f"    assert_image_matches(result.image * 3, {SCENE!r})\n"
    )
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "nanobragg_pytest"]
        + ["--nanobragg-reports", "reports", "test_port.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
    )
    assert run.returncode == 1 and "every pixel is 3 times" in run.stdout, run.stdout
    assert len(list((tmp_path / "reports").iterdir())) == 1
