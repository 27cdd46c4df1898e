"""Rendered images."""

from __future__ import annotations

import contextlib
import ctypes
import os
from ctypes import byref, c_size_t
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Optional, Union

import numpy as np

from . import _library as library
from ._camera import Camera, Statistics
from ._library import call
from ._trace import Trace

if TYPE_CHECKING:
    from ._simulation import Simulation

_KINDS = {"float": 1, "integer": 2, "noise": 3, "grey": 4}


class Result:
    """A rendered image, and what is known of it."""

    def __init__(self, simulation: Simulation, handle: library.Handle) -> None:
        self.simulation = simulation
        self._handle = handle
        pixels, slow, fast = ctypes.POINTER(ctypes.c_float)(), c_size_t(), c_size_t()
        call("nb_rendering_image", handle, byref(pixels), byref(slow), byref(fast))
        memory: Any = (ctypes.c_float * (slow.value * fast.value)).from_address(ctypes.addressof(pixels.contents))
        memory._owner = handle  # the pixels live as long as an array looks at them
        #: Photons per pixel, float32 of shape (slow, fast); the memory of the library, so that it cannot be written to.
        self.image: np.ndarray = np.frombuffer(memory, np.float32).reshape(slow.value, fast.value)
        self.image.flags.writeable = False

    @property
    def camera(self) -> Camera:
        """Detector, beam and crystal."""
        return self.simulation.camera

    @property
    def notes(self) -> list[str]:
        """Notes and warnings: interpretations that a user may not expect."""
        return self.simulation.notes

    @property
    def statistics(self) -> Statistics:
        """What the program prints about the image."""
        raw = library.StatisticsStructure(size=ctypes.sizeof(library.StatisticsStructure))
        call("nb_rendering_statistics", self._handle, byref(raw))
        place = None if raw.maximum_slow < 0 else (raw.maximum_slow, raw.maximum_fast)
        return Statistics(raw.maximum, place, raw.mean, raw.rms, raw.rmsd, raw.solid_angle, raw.not_finite)

    def _counts(self, kind: str, dtype: Any) -> tuple[np.ndarray, tuple[float, float]]:
        array = np.empty(self.image.shape, dtype)
        numbers = (ctypes.c_double * 2)()
        call("nb_rendering_counts", self._handle, _KINDS[kind], array.ctypes.data, *array.shape, array.strides[0], numbers)
        return array, (numbers[0], numbers[1])

    @property
    def integer_image(self) -> np.ndarray:
        """16-bit counts without noise, uint16 of shape (slow, fast), by the options ``-scale`` and ``-adc``."""
        return self._counts("integer", np.uint16)[0]

    @property
    def integer_scale(self) -> float:
        """Counts per photon of the integer image."""
        return self._counts("integer", np.uint16)[1][0]

    @property
    def noise_image(self) -> np.ndarray:
        """16-bit counts with photon noise, uint16 of shape (slow, fast), by the options ``-seed`` and ``-adc``."""
        return self._counts("noise", np.uint16)[0]

    @property
    def grey_map(self) -> np.ndarray:
        """8-bit grey map, uint8 of shape (slow, fast)."""
        return self._counts("grey", np.uint8)[0]

    def file(self, kind: str) -> bytes:
        """The bytes of a file that the program writes: ``float``, ``integer``, ``noise`` or ``grey``.

        Raises:
            ValueError: If there is no such kind.
        """
        if kind not in _KINDS:
            raise ValueError(f"there is no image {kind!r}: give one of {', '.join(_KINDS)}")
        length = c_size_t()
        call("nb_rendering_file", self._handle, _KINDS[kind], None, 0, byref(length))
        buffer = bytearray(length.value)
        target = (ctypes.c_char * length.value).from_buffer(buffer)
        call("nb_rendering_file", self._handle, _KINDS[kind], target, length.value, byref(length))
        return bytes(buffer)

    def __reduce__(self):
        raise TypeError("a result holds memory of the library: send result.image, or its simulation, to the other process")

    def save(self, path: Union[str, os.PathLike], kind: Optional[str] = None) -> None:
        """Writes a file as the program does; the name appears when the file is whole.

        Args:
            path: The name.
            kind: ``float``, ``integer`` (SMV), ``noise`` (SMV) or ``grey`` (PGM); by the ending of the name by default: ``.img``
                is ``integer``, ``.pgm`` is ``grey``, all others are ``float``.

        Raises:
            OSError: If the file cannot be written.
        """
        target = Path(path)
        data = self.file(kind or {".img": "integer", ".pgm": "grey"}.get(target.suffix, "float"))
        temporary = target.with_name(f".{target.name}.{os.getpid()}")
        try:
            temporary.write_bytes(data)
            temporary.replace(target)
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(target)) from None
        finally:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)

    def trace(self, slow: int, fast: int) -> Trace:
        """Every intermediate quantity of a pixel; see `Simulation.trace`."""
        return self.simulation.trace(slow, fast, self)

    def __repr__(self) -> str:
        known = self.statistics
        return (
            f"<nanobragg.Result {self.image.shape[0]} x {self.image.shape[1]} pixels (slow, fast), maximum {known.maximum:g} at "
            f"{known.maximum_at}, mean {known.mean:g}>"
        )

    def _repr_html_(self) -> str:
        from ._notebook import picture

        notes = "".join(f"<li>{escape(note)}</li>" for note in self.notes)
        return f"<p>{escape(repr(self)[1:-1])}</p>{picture(self.image)}" + (f"<ul>{notes}</ul>" if notes else "")
