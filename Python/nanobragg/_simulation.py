"""Simulations: what they are made of, images and traces."""

from __future__ import annotations

import ctypes
import time
from ctypes import byref, c_void_p
from typing import Any, Optional

import numpy as np

from . import _library as library
from ._camera import Camera, Statistics
from ._errors import Cancelled, Refused
from ._inputs import InputArrays, warn_of_weights
from ._jobs import Meter, Progress, goes_on, interruptibly
from ._library import call, lib
from ._options import encoded, words
from ._result import Result
from ._trace import Trace


class Simulation:
    """A prepared simulation, which renders images and traces pixels.

    Args:
        *arguments: Command lines with the options of the program, as texts (split as by a shell) or lists of words.
        reflections: ``(indices, amplitudes)`` with indices (n, 3) and amplitudes (n,) in electrons, or
            ``(h, k, l, amplitudes)``; in place of ``-hkl``.
        matrix: Orientation matrix (3, 3): element (i, j) is component i (x, y, z) of reciprocal vector j (a*, b*, c*), times
            the wavelength; in place of ``-mat``.
        sources: (n, 5): x, y, z, weight, wavelength in m; nan for the default; in place of ``-sourcefile``.
        spectrum: (n, 2): wavelength in Å, weight; sources along the beam.
        mask: (slow, fast): pixels of value 0 are left out; in place of ``-mask``.
        memory_limit: The most bytes that simulation and image may take; half of the machine's memory by default.
        clock_seed: The seed where an option asks for the clock.
        **options: Options by name: ``cell=(100, 100, 100, 90, 90, 90), N=5, nopolar=True``. A final underscore is left
            out, as in ``lambda_=1.0``; ``--compat`` is ``compat``.

    Raises:
        Refused: If the request cannot be carried out; the message says what is wrong, and how to mend it.
        NotEnoughMemory: If more memory would be needed than is allowed.
        TypeError: If an argument has the wrong type or shape.
    """

    def __init__(
        self,
        *arguments: Any,
        reflections: Any = None,
        matrix: Any = None,
        sources: Any = None,
        spectrum: Any = None,
        mask: Any = None,
        memory_limit: Optional[int] = None,
        clock_seed: Optional[int] = None,
        **options: Any,
    ) -> None:
        library.check_functions()
        self.words: list[str] = words(arguments, options)
        given = dict(reflections=reflections, matrix=matrix, sources=sources, spectrum=spectrum, mask=mask)
        #: The inputs from memory, as they were given.
        self.inputs: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
        self._limits = (memory_limit, clock_seed)
        inputs = InputArrays(reflections, matrix, sources, mask, spectrum)
        if spectrum is not None and "spec" not in self.words:
            warn_of_weights(spectrum)
        items = encoded(self.words)
        array = (ctypes.c_char_p * max(len(items), 1))(*items)
        limits = library.Limits(size=ctypes.sizeof(library.Limits))
        if memory_limit is not None:
            limits.memory = _count(memory_limit, "memory_limit")
            if limits.memory == 0:
                raise Refused(
                    "memory_limit: 0 bytes are no memory; leave it out for half of the machine's", subject="memory_limit"
                )
        limits.clock_seed = _whole(int(time.time()) if clock_seed is None else clock_seed, "clock_seed")
        handle = c_void_p()
        call("nb_simulation_create", array, len(items), byref(inputs.structure), byref(limits), byref(handle))
        self._handle = library.Handle(handle, "nb_simulation_free")

    @property
    def camera(self) -> Camera:
        """Detector, beam and crystal."""
        raw = library.CameraStructure(size=ctypes.sizeof(library.CameraStructure))
        call("nb_simulation_camera", self._handle, byref(raw))
        names = ["pixel_size", "wavelength", "distance", "close_distance", "two_theta", "kahn_factor", "fluence"]
        names += ["sources", "phi_steps", "mosaic_domains", "oversample", "layers", "steps"]
        vectors = ["beam_centre", "origin", "fast_axis", "slow_axis", "normal", "beam", "polarization", "spindle"]
        values: dict[str, Any] = {name: getattr(raw, name) for name in names}
        values |= {name: np.array(getattr(raw, name)) for name in vectors}
        return Camera(
            shape=(raw.slow_pixels, raw.fast_pixels),
            cell=np.array([raw.cell_a[:], raw.cell_b[:], raw.cell_c[:]]),
            is_curved=bool(raw.is_curved),
            is_polarized=bool(raw.is_polarized),
            **values,
        )

    @property
    def notes(self) -> list[str]:
        """Notes and warnings: interpretations that a user may not expect."""
        return [line for line in library.text("nb_simulation_text", self._handle, 1).split("\n") if line]

    @property
    def setup(self) -> str:
        """What the program prints of its set-up."""
        return library.text("nb_simulation_text", self._handle, 2)

    def render(self, *, threads: Optional[int] = None, progress: Progress = None) -> Result:
        """Renders the image. Other threads of Python go on meanwhile; Ctrl-C ends the rendering.

        Args:
            threads: The number of threads; the option ``-threads``, or else one per core, by default. The image does not
                depend on it.
            progress: True for a bar on standard error; or a function of (rows done, rows), called on this thread some times
                a second; if it returns False, the rendering ends.

        Raises:
            Cancelled: If the function of progress returned False.
        """
        meter = Meter() if progress is True else progress or None
        if meter is not None and not callable(meter):
            raise TypeError(f"progress: {type(progress).__name__} is no function; give True or a function of (done, total)")
        options = library.RenderOptions(size=ctypes.sizeof(library.RenderOptions))
        options.threads = min(_count(threads or 0, "threads"), 1024)
        handle, done, total = c_void_p(), ctypes.c_uint64(), ctypes.c_uint64()
        call("nb_job_start", self._handle, byref(options), byref(handle))
        # The job ends with this object. Interruptions and other exceptions arise here, between two calls of the library.
        job = library.Handle(handle, "nb_job_free")
        try:
            while True:
                rendering = c_void_p()
                call("nb_job_wait", job, 0.05, byref(done), byref(total), byref(rendering))
                if rendering.value:
                    return Result(self, library.Handle(rendering, "nb_rendering_free"))
                if meter is not None and not goes_on(meter(done.value, total.value)):
                    raise Cancelled("the progress function asked for the end", status=3)
        finally:
            job.free()
            if isinstance(meter, Meter):
                meter.close()

    def trace(self, slow: int, fast: int, rendering: Optional[Result] = None) -> Trace:
        """Every intermediate quantity of a pixel.

        Args:
            slow: The row, from 0.
            fast: The column, from 0.
            rendering: A result of this simulation, which saves work where a pixel depends on those before it.

        Raises:
            Refused: If the pixel is outside the image, or is not rendered.
        """
        handle = c_void_p()
        if rendering is not None and not isinstance(rendering, Result):
            raise TypeError(f"rendering: {type(rendering).__name__} is no result")
        other = None if rendering is None else rendering._handle
        slow, fast = _whole(slow, "slow"), _whole(fast, "fast")
        camera = self.camera
        if camera.steps * camera.shape[0] * camera.shape[1] < 2_000_000:
            call("nb_trace_create", self._handle, other, slow, fast, None, byref(handle))
        else:
            ending = c_void_p()
            call("nb_interruption_create", byref(ending))
            owner = library.Handle(ending, "nb_interruption_free")
            interruptibly(
                lambda: call("nb_trace_create", self._handle, other, slow, fast, owner, byref(handle)),
                lambda: lib.nb_interruption_end(owner),
            )
        return Trace(library.Handle(handle, "nb_trace_free"), pixel=(slow, fast))

    def __reduce__(self):  # to another process by what it was made of
        return (_made_again, (self.words, self.inputs, self._limits))

    def __repr__(self) -> str:
        return f"<nanobragg.Simulation {' '.join(self.words)}>"


def _made_again(words: list[str], inputs: dict[str, Any], limits: tuple[Optional[int], Optional[int]]) -> Simulation:
    return Simulation(words, **inputs, memory_limit=limits[0], clock_seed=limits[1])


def _whole(value: Any, name: str) -> int:
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        value = int(value)
    try:
        number = value.__index__()
    except (AttributeError, TypeError):
        raise TypeError(f"{name}: {value!r} is no whole number") from None
    if not -(2**63) <= number < 2**63:
        raise Refused(f"{name}: {number} is too large", subject=name)
    return number


def _count(value: Any, name: str) -> int:
    number = _whole(value, name)
    if number < 0:
        raise Refused(f"{name}: {number} is negative", subject=name)
    return number


def simulate(*arguments: Any, threads: Optional[int] = None, progress: Progress = None, **options: Any) -> Result:
    """Simulates an image: the numbers of the C program ``nanoBragg.c``.

    Nothing is read but the files that options name, and nothing is written; `Result.save` writes images.

    Args:
        *arguments: Command lines with the options of the program; see `Simulation`, also for inputs from memory.
        threads: The number of threads; the image does not depend on it.
        progress: True for a bar on standard error, or a function of (rows done, rows).
        **options: Options by name, and inputs from memory.

    Returns:
        The result; ``.image`` is float32 of shape (slow, fast), in photons per pixel.

    Raises:
        Refused: If the request cannot be carried out.
        NotEnoughMemory: If more memory would be needed than is allowed.
        TypeError: If an argument has the wrong type or shape.

    Example:
        >>> import nanobragg
        >>> result = nanobragg.simulate("-cell 100 100 100 90 90 90 -default_F 100 -N 5", distance=100, detpixels=64)
        >>> result.image.shape
        (64, 64)
    """
    return Simulation(*arguments, **options).render(threads=threads, progress=progress)


def trace(pixel: tuple[int, int], *arguments: Any, **options: Any) -> Trace:
    """Every intermediate quantity of a pixel, with units.

    Args:
        pixel: (slow, fast), from 0.
        *arguments: Command lines with the options of the program; see `Simulation`.
        **options: Options by name, and inputs from memory.

    Raises:
        Refused: If the request cannot be carried out, or the pixel is outside the image or is not rendered.
    """
    try:
        slow, fast = pixel
    except (TypeError, ValueError):
        raise TypeError(f"{pixel!r} is no pixel: give (slow, fast)") from None
    return Simulation(*arguments, **options).trace(slow, fast)


__all__ = ["Camera", "Result", "Simulation", "Statistics", "simulate", "trace"]
