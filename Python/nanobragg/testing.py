"""Assertions for tests of simulators: what diverges first, why, and where the images differ most."""

from __future__ import annotations

import json
import os
import re
import time
from pathlib import Path
from typing import Any, Callable, Optional

import numpy as np

from . import _library as library
from ._errors import Refused
from ._notebook import png, shades
from ._simulation import Result, Simulation
from ._trace import Comparison, Trace, compare

#: The allowed deviation of a pixel, relative to the larger of the pixel and 1e-6 of the image's maximum: the rule of the
#: golden cases.
IMAGE_TOLERANCE = 1e-6


class ImageComparison:
    """An image beside that of a simulation.

    Attributes:
        worst: The pixel (slow, fast) that deviates most by its tolerance.
        expected: The value there.
        found: The value of the examined image there.
        deviating: The number of pixels beyond the tolerance.
        cause: What explains all pixels, if a simple reason does; else empty.
    """

    def __init__(self, image: Any, result: Result, tolerance: float) -> None:
        if not (isinstance(tolerance, (int, float, np.floating)) and 0 <= tolerance < float("inf")):
            raise Refused(f"tolerance: {tolerance!r} is no number of 0 or more", subject="tolerance")
        self.result, self.tolerance = result, tolerance
        self.image = _as_image(image)
        expected = result.image.astype(np.float64)
        self.cause, self.deviating, self.worst = "", 0, None
        self.expected = self.found = float("nan")
        if self.image.shape != expected.shape:
            turned = ": slow and fast are exchanged" if self.image.shape == expected.shape[::-1] else ""
            self.cause = f"the image has shape {self.image.shape}, that of the reference is {expected.shape}{turned}"
            self.deviating = expected.size
            return
        ratio = self._ratio(self.image.astype(np.float64), expected)
        self.deviating = int(np.count_nonzero(~(ratio <= 1)))
        if self.deviating:
            place = np.unravel_index(np.argmax(np.where(np.isnan(ratio), np.inf, ratio)), ratio.shape)
            self.worst = (int(place[0]), int(place[1]))
            self.expected, self.found = float(expected[place]), float(self.image[place])
            self.cause = self._cause(self.image.astype(np.float64), expected)

    def _ratio(self, image: np.ndarray, expected: np.ndarray) -> np.ndarray:
        finite = np.where(np.isfinite(expected), np.abs(expected), 0)
        allowed = self.tolerance * np.maximum(finite, 1e-6 * finite.max(initial=0))
        # Rounding to single precision is not the fault of the one who computes.
        allowed = np.maximum(allowed, np.spacing(finite.astype(np.float32)).astype(np.float64))
        with np.errstate(invalid="ignore"):
            deviation = np.abs(image - expected)
        same = (image == expected) | (np.isnan(image) & np.isnan(expected))
        return np.where(same, 0, deviation / allowed)

    def _agrees(self, image: np.ndarray, expected: np.ndarray) -> bool:
        return image.shape == expected.shape and bool(np.all(self._ratio(image, expected) <= 1))

    def _cause(self, image: np.ndarray, expected: np.ndarray) -> str:
        if not np.all(np.isfinite(image)) and np.all(np.isfinite(expected)):
            return f"{np.count_nonzero(~np.isfinite(image))} pixels are infinite or not a number"
        if self._agrees(image.T, expected):
            return "slow and fast are exchanged"
        for name, turned in [("slow", image[::-1]), ("fast", image[:, ::-1]), ("slow and fast", image[::-1, ::-1])]:
            if self._agrees(turned, expected):
                return f"the image is mirrored along {name}"
        for slow in (-1, 0, 1):
            for fast in (-1, 0, 1):
                moved = np.roll(image, (slow, fast), (0, 1))[1:-1, 1:-1]
                if (slow or fast) and moved.size and self._agrees(moved, expected[1:-1, 1:-1]):
                    return f"the image is shifted by {-slow} pixels along slow and {-fast} along fast"
        total = float(np.sum(expected * expected))
        factor = float(np.sum(image * expected)) / total if total > 0 else 0.0
        if factor > 0 and self._agrees(image / factor, expected):
            return f"every pixel is {factor:.6g} times that of the reference"
        return ""

    @property
    def agrees(self) -> bool:
        """Whether no pixel deviates."""
        return self.deviating == 0

    def __str__(self) -> str:
        if self.agrees:
            return f"all {self.image.size} pixels agree"
        lines = [f"{self.deviating} of {self.result.image.size} pixels deviate by more than {self.tolerance:g}"]
        if self.worst is not None:
            relative = f", {self.found / self.expected - 1:+.3e} relative" if self.expected else ""
            lines.append(
                f"worst pixel: slow {self.worst[0]} fast {self.worst[1]}: {self.found:.9g} in place of {self.expected:.9g}{relative}"
            )
        if self.cause:
            lines.append(f"likely cause: {self.cause}")
        return "\n".join(lines)


def _as_image(image: Any) -> np.ndarray:
    if isinstance(image, Result):
        return image.image
    for name in ("detach", "cpu"):
        if hasattr(image, name):
            image = getattr(image, name)()
    if isinstance(image, np.ma.MaskedArray) and np.ma.is_masked(image):
        raise TypeError("some pixels are masked: fill them, or give the mask to the simulation")
    array = np.asarray(image)
    if array.ndim != 2 or array.dtype.kind not in "biuf":
        raise TypeError(f"an array of {array.dtype} of shape {array.shape} is no image: give numbers of shape (slow, fast)")
    return array


def compare_images(image: Any, *arguments: Any, tolerance: float = IMAGE_TOLERANCE, **options: Any) -> ImageComparison:
    """Holds an image against that of the options.

    Args:
        image: Photons per pixel, of shape (slow, fast): NumPy array, PyTorch tensor, nested lists.
        *arguments: Options, as for `nanobragg.simulate`; or a `Result`.
        tolerance: The allowed deviation, relative to the larger of the pixel and 1e-6 of the maximum.
        **options: Options by name, and inputs from memory.
    """
    if len(arguments) == 1 and isinstance(arguments[0], Result) and not options:
        return ImageComparison(image, arguments[0], tolerance)
    if any(isinstance(argument, Result) for argument in arguments):
        raise TypeError("options cannot be added to a result: simulate anew with them")
    return ImageComparison(image, Simulation(*arguments, **options).render(), tolerance)


def assert_image_matches(
    image: Any,
    *arguments: Any,
    tolerance: float = IMAGE_TOLERANCE,
    trace: Optional[Callable[[int, int], Any]] = None,
    **options: Any,
) -> None:
    """Fails unless an image is that of the options, pixel by pixel.

    Args:
        image: Photons per pixel, of shape (slow, fast): NumPy array, PyTorch tensor, nested lists.
        *arguments: Options, as for `nanobragg.simulate`; or a `Result`.
        tolerance: The allowed deviation, relative to the larger of the pixel and 1e-6 of the maximum. For a simulator that
            computes in single precision 1e-3 is fair.
        trace: A function of (slow, fast) that gives the quantities of a pixel, as for `assert_trace_matches`. It is
            called for the worst pixel, so that the failure names the first divergence.
        **options: Options by name, and inputs from memory.

    Raises:
        AssertionError: With the worst pixel, a likely cause, the first divergence, and the folder of a bundle.
    """
    __tracebackhide__ = True
    found = compare_images(image, *arguments, tolerance=tolerance, **options)
    if found.agrees:
        return
    lines = [str(found)]
    traces: dict[str, str] = {}
    simulation = found.result.simulation
    if found.worst is not None:
        reference = found.result.trace(*found.worst)
        traces["reference.log"] = reference.text
        if trace is not None:
            candidate = Trace.of(trace(*found.worst))
            traces["candidate.log"] = candidate.text
            lines += _of_traces(compare(reference, candidate))
        else:
            lines.append("first divergence: unknown; trace= with a function of (slow, fast) names it")
    folder = bundle("image", simulation, lines, found, traces)
    raise AssertionError("\n".join(["the image does not match: " + " ".join(simulation.words), *lines, f"bundle: {folder}"]))


def assert_trace_matches(
    quantities: Any, pixel: tuple[int, int], *arguments: Any, tolerance: Optional[float] = None, **options: Any
) -> None:
    """Fails unless the quantities of a pixel are those of the options.

    Args:
        quantities: A mapping of names to numbers, a log, or a `Trace`. Only what it has is compared.
        pixel: (slow, fast), from 0.
        *arguments: Options, as for `nanobragg.simulate`.
        tolerance: The relative tolerance; 1e-6 by default.
        **options: Options by name, and inputs from memory.

    Raises:
        AssertionError: With the first divergence in the order of computation, the likely cause, and the folder of a bundle.
    """
    __tracebackhide__ = True
    slow, fast = pixel
    simulation = Simulation(*arguments, **options)
    reference, candidate = simulation.trace(slow, fast), Trace.of(quantities)
    comparison = compare(reference, candidate, tolerance=tolerance)
    if comparison.agrees:
        return
    lines = _of_traces(comparison)
    traces = {"reference.log": reference.text, "candidate.log": candidate.text, "comparison.txt": str(comparison)}
    folder = bundle("trace", simulation, lines, None, traces)
    title = f"the trace of pixel slow {slow} fast {fast} does not match: {' '.join(simulation.words)}"
    raise AssertionError("\n".join([title, *lines, f"bundle: {folder}"]))


def _of_traces(comparison: Comparison) -> list[str]:
    if comparison.outcome == "different":
        causes = [f"likely cause: {finding}" for finding in comparison.findings[:3]]
        return [f"first divergence: {comparison.first or 'nothing in common'}", *causes]
    if comparison.first is None:
        return ["first divergence: none among the quantities that both have"]
    lines = [f"first divergence: {comparison.first}"]
    if comparison.findings:
        lines += [f"likely cause: {finding}" for finding in comparison.findings[:3]]
    else:
        lines.append("likely cause: no known mistake fits")
    behind = list(dict.fromkeys(pair.name for pair in comparison.divergences[1:]))
    return lines + ([f"behind it diverge: {', '.join(behind[:12])}{' …' if len(behind) > 12 else ''}"] if behind else [])


def bundle(
    kind: str, simulation: Simulation, lines: list[str], images: Optional[ImageComparison], texts: dict[str, str]
) -> Path:
    """Leaves what a failure is made of in a folder of its own, below ``nanobragg-reports`` or ``NANOBRAGG_REPORTS``.

    Returns:
        The folder: ``inputs.npz`` if there were inputs from memory, ``report.txt``, ``run.json``, traces; of images, both as
        ``.npy`` and ``.png``, and their difference.
    """
    test = re.sub(r"[^A-Za-z0-9]+", "-", os.environ.get("PYTEST_CURRENT_TEST", kind).rsplit(" ", 1)[0]).strip("-")[-80:]
    root = Path(os.environ.get("NANOBRAGG_REPORTS", "nanobragg-reports"))
    base, number = f"{time.strftime('%Y%m%d-%H%M%S')}-{test}", 0
    while True:
        folder = root / (base if number == 0 else f"{base}-{number}")
        try:
            folder.mkdir(parents=True)
            break
        except FileExistsError:
            number += 1
    (folder / "report.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    run = {
        "words": simulation.words,
        "version": library.version,
        "numpy": np.__version__,
        "functions": library.differing_functions(),
    }
    (folder / "run.json").write_text(json.dumps(run, indent=1) + "\n", encoding="utf-8")
    if simulation.inputs:
        inputs = dict(simulation.inputs)
        if "reflections" in inputs:
            for number, part in enumerate(inputs.pop("reflections")):
                inputs[f"reflections_{number}"] = part
        arrays: dict[str, Any] = {name: np.asarray(value) for name, value in inputs.items()}
        np.savez(folder / "inputs.npz", **arrays)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    if images is not None:
        np.save(folder / "candidate.npy", images.image)
        np.save(folder / "reference.npy", images.result.image)
        (folder / "candidate.png").write_bytes(png(shades(images.image)))
        (folder / "reference.png").write_bytes(png(shades(images.result.image)))
        if images.image.shape == images.result.image.shape:
            with np.errstate(invalid="ignore"):
                difference = np.abs(images.image.astype(np.float64) - images.result.image)
            (folder / "difference.png").write_bytes(png(shades(difference)))
    return folder


__all__ = ["IMAGE_TOLERANCE", "ImageComparison", "assert_image_matches", "assert_trace_matches", "bundle", "compare_images"]
