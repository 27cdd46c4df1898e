"""The shared library: its structures and functions, by ctypes (nanobragg.h)."""

from __future__ import annotations

import ctypes
import os
import warnings
from ctypes import (
    POINTER,
    byref,
    c_char,
    c_char_p,
    c_double,
    c_float,
    c_int32,
    c_int64,
    c_size_t,
    c_ssize_t,
    c_uint32,
    c_uint64,
    c_void_p,
)
from pathlib import Path

from ._errors import Cancelled, Incomplete, NanoBraggError, NotEnoughMemory, Refused

_INTERFACE = 1


class Error(ctypes.Structure):
    _fields_ = [("status", c_int32), ("subject", c_char * 128), ("text", c_char * 2048)]


class Inputs(ctypes.Structure):
    _fields_ = [
        ("size", c_size_t),
        ("reflection_count", c_size_t),
        ("h", c_void_p),
        ("k", c_void_p),
        ("l", c_void_p),
        ("index_stride", c_ssize_t),
        ("amplitudes", c_void_p),
        ("amplitude_stride", c_ssize_t),
        ("matrix", c_void_p),
        ("matrix_row_stride", c_ssize_t),
        ("matrix_column_stride", c_ssize_t),
        ("source_count", c_size_t),
        ("sources", c_void_p),
        ("source_row_stride", c_ssize_t),
        ("source_column_stride", c_ssize_t),
        ("mask_slow", c_size_t),
        ("mask_fast", c_size_t),
        ("mask", c_void_p),
        ("mask_row_stride", c_ssize_t),
        ("mask_column_stride", c_ssize_t),
    ]


class Limits(ctypes.Structure):
    _fields_ = [("size", c_size_t), ("memory", c_uint64), ("clock_seed", c_int64)]


_TRIPLE = c_double * 3


class CameraStructure(ctypes.Structure):
    _fields_ = [
        ("size", c_size_t),
        ("fast_pixels", c_uint64),
        ("slow_pixels", c_uint64),
        ("pixel_size", c_double),
        ("wavelength", c_double),
        ("distance", c_double),
        ("close_distance", c_double),
        ("two_theta", c_double),
        ("beam_centre", c_double * 2),
        ("origin", _TRIPLE),
        ("fast_axis", _TRIPLE),
        ("slow_axis", _TRIPLE),
        ("normal", _TRIPLE),
        ("beam", _TRIPLE),
        ("polarization", _TRIPLE),
        ("spindle", _TRIPLE),
        ("kahn_factor", c_double),
        ("fluence", c_double),
        ("cell_a", _TRIPLE),
        ("cell_b", _TRIPLE),
        ("cell_c", _TRIPLE),
        ("is_curved", c_int32),
        ("is_polarized", c_int32),
        ("sources", c_uint64),
        ("phi_steps", c_uint64),
        ("mosaic_domains", c_uint64),
        ("oversample", c_uint64),
        ("layers", c_uint64),
        ("steps", c_uint64),
    ]


class RenderOptions(ctypes.Structure):
    _fields_ = [("size", c_size_t), ("threads", c_uint32), ("progress", c_void_p), ("context", c_void_p)]


class StatisticsStructure(ctypes.Structure):
    _fields_ = [
        ("size", c_size_t),
        ("maximum", c_double),
        ("mean", c_double),
        ("rms", c_double),
        ("rmsd", c_double),
        ("maximum_slow", c_int64),
        ("maximum_fast", c_int64),
        ("solid_angle", c_double),
        ("not_finite", c_uint64),
    ]


class QuantityStructure(ctypes.Structure):
    _fields_ = [
        ("name", c_char_p),
        ("section", c_char_p),
        ("unit", c_char_p),
        ("meaning", c_char_p),
        ("stage", c_char_p),
        ("line", c_uint64),
        ("count", c_size_t),
        ("values", POINTER(c_double)),
        ("word", c_char_p),
        ("is_whole", c_int32),
    ]


class PairStructure(ctypes.Structure):
    _fields_ = [
        ("name", c_char_p),
        ("place", c_char_p),
        ("unit", c_char_p),
        ("reference_count", c_size_t),
        ("candidate_count", c_size_t),
        ("reference", POINTER(c_double)),
        ("candidate", POINTER(c_double)),
        ("reference_text", c_char_p),
        ("candidate_text", c_char_p),
        ("tolerance", c_char_p),
        ("relative", c_double),
        ("identical", c_size_t),
        ("agrees", c_int32),
        ("diverges", c_int32),
    ]


class FindingStructure(ctypes.Structure):
    _fields_ = [("kind", c_char_p), ("confidence", c_char_p), ("text", c_char_p)]


class ComparisonResult(ctypes.Structure):
    _fields_ = [
        ("size", c_size_t),
        ("outcome", c_int32),
        ("first", c_int64),
        ("pair_count", c_size_t),
        ("pairs", POINTER(PairStructure)),
        ("finding_count", c_size_t),
        ("findings", POINTER(FindingStructure)),
    ]


class OptionStructure(ctypes.Structure):
    _fields_ = [
        ("names", c_char_p),
        ("values", c_char_p),
        ("summary", c_char_p),
        ("section", c_char_p),
        ("domain", c_char_p),
        ("role", c_char_p),
        ("has_effect", c_int32),
    ]


_E = POINTER(Error)
_OUT = POINTER(c_void_p)
_FUNCTIONS = {
    "nb_interface_version": (c_uint32, []),
    "nb_version": (c_char_p, []),
    "nb_simulation_create": (c_int32, [POINTER(c_char_p), c_size_t, POINTER(Inputs), POINTER(Limits), _OUT, _E]),
    "nb_simulation_free": (None, [c_void_p]),
    "nb_simulation_camera": (c_int32, [c_void_p, POINTER(CameraStructure), _E]),
    "nb_simulation_text": (c_int32, [c_void_p, c_int32, c_char_p, c_size_t, POINTER(c_size_t), _E]),
    "nb_job_start": (c_int32, [c_void_p, POINTER(RenderOptions), _OUT, _E]),
    "nb_job_wait": (c_int32, [c_void_p, c_double, POINTER(c_uint64), POINTER(c_uint64), _OUT, _E]),
    "nb_job_free": (None, [c_void_p]),
    "nb_rendering_free": (None, [c_void_p]),
    "nb_rendering_image": (c_int32, [c_void_p, POINTER(POINTER(c_float)), POINTER(c_size_t), POINTER(c_size_t), _E]),
    "nb_rendering_statistics": (c_int32, [c_void_p, POINTER(StatisticsStructure), _E]),
    "nb_rendering_counts": (c_int32, [c_void_p, c_int32, c_void_p, c_size_t, c_size_t, c_ssize_t, POINTER(c_double), _E]),
    "nb_rendering_file": (c_int32, [c_void_p, c_int32, c_void_p, c_size_t, POINTER(c_size_t), _E]),
    "nb_interruption_create": (c_int32, [_OUT, _E]),
    "nb_interruption_end": (None, [c_void_p]),
    "nb_interruption_free": (None, [c_void_p]),
    "nb_trace_create": (c_int32, [c_void_p, c_void_p, c_int64, c_int64, c_void_p, _OUT, _E]),
    "nb_trace_parse": (c_int32, [c_char_p, c_size_t, c_char_p, _OUT, _E]),
    "nb_trace_free": (None, [c_void_p]),
    "nb_trace_quantities": (c_int32, [c_void_p, POINTER(POINTER(QuantityStructure)), POINTER(c_size_t), _E]),
    "nb_trace_text": (c_int32, [c_void_p, c_char_p, c_size_t, POINTER(c_size_t), _E]),
    "nb_compare": (c_int32, [c_void_p, c_void_p, c_double, _OUT, _E]),
    "nb_comparison_free": (None, [c_void_p]),
    "nb_comparison_result_of": (c_int32, [c_void_p, POINTER(ComparisonResult), _E]),
    "nb_comparison_text": (c_int32, [c_void_p, c_char_p, c_size_t, POINTER(c_size_t), _E]),
    "nb_option_at": (POINTER(OptionStructure), [c_size_t]),
    "nb_quantity_names_at": (c_char_p, [c_size_t]),
    "nb_function_at": (c_char_p, [c_size_t, POINTER(c_int32)]),
}


def _load() -> ctypes.CDLL:
    given = os.environ.get("NANOBRAGG_LIBRARY")
    path = Path(given) if given else Path(__file__).with_name("libnanobragg-c.so")
    if not path.exists():
        raise ImportError(
            f"{path}: the shared library of nanobragg is missing; install the wheel (make wheel), "
            "or name the library in NANOBRAGG_LIBRARY"
        )
    library = ctypes.CDLL(str(path))
    for name, (result, arguments) in _FUNCTIONS.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    found = library.nb_interface_version()
    if found != _INTERFACE:
        raise ImportError(f"{path}: its interface has version {found}, this package needs {_INTERFACE}; install both anew")
    return library


lib = _load()
version: str = lib.nb_version().decode()


def call(name: str, *arguments: object) -> None:
    """Calls a function of the library.

    Raises:
        NanoBraggError: What the function says was wrong.
    """
    error = Error()
    status = getattr(lib, name)(*arguments, byref(error))
    if status == 0:
        return
    text = error.text.decode("utf-8", "replace")
    kinds = {2: Refused, 3: Cancelled, 4: NotEnoughMemory, 9: Incomplete}
    raise kinds.get(status, NanoBraggError)(text, subject=error.subject.decode("utf-8", "replace"), status=status)


def text(name: str, *arguments: object) -> str:
    """A text that a function of the library copies into a buffer."""
    length = c_size_t()
    call(name, *arguments, None, 0, byref(length))
    buffer = ctypes.create_string_buffer(length.value + 1)
    call(name, *arguments, buffer, length.value + 1, byref(length))
    return buffer.raw[: length.value].decode("utf-8", "replace")


class Handle:
    """A handle of the library, freed with this object."""

    def __init__(self, value: c_void_p, free: str) -> None:
        self._as_parameter_ = value
        self._free = getattr(lib, free)

    def free(self) -> None:
        """Frees the handle now; it is not used again."""
        if getattr(self, "_free", None) is not None:
            self._free(self._as_parameter_)
            self._free = None

    def __del__(self) -> None:
        self.free()


def differing_functions() -> list[str]:
    """The functions of this machine's mathematical library that do not give the bits that were recorded.

    Images follow the mathematical library: where a function differs, they may differ in the last places.
    """
    names: list[str] = []
    number = 0
    while True:
        agrees = c_int32()
        name = lib.nb_function_at(number, byref(agrees))
        if name is None:
            return names
        if not agrees.value:
            names.append(name.decode())
        number += 1


_checked = False


def check_functions() -> None:
    """Warns, at the first use, of functions whose bits are not the recorded ones."""
    global _checked
    if _checked:
        return
    _checked = True
    names = differing_functions()
    if names:
        warnings.warn(
            f"{', '.join(names)} of this machine's C library do not give the recorded bits at 1000 places: images may "
            "differ from those of the golden cases in the last places",
            RuntimeWarning,
            stacklevel=3,
        )


__all__ = ["call", "check_functions", "differing_functions", "lib", "text", "version"]
