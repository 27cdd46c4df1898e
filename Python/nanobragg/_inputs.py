"""Inputs from memory, in the form of the library."""

from __future__ import annotations

import ctypes
import warnings
from typing import Any

import numpy as np

from . import _library as library
from ._errors import Refused


def warn_of_weights(spectrum: Any) -> None:
    weights = np.asarray(spectrum)[..., -1]
    if weights.size and not np.all(weights == weights.flat[0]):
        warnings.warn(
            'the weights of a spectrum are ignored, as by the C program (Q-29); compat="spec" takes them',
            RuntimeWarning,
            stacklevel=4,
        )


def numbers(value: Any, dtype: Any, name: str, shape: str) -> np.ndarray:
    """An array of the type, without a change of its numbers.

    Raises:
        TypeError: If the value has numbers that the type cannot hold.
    """
    if isinstance(value, np.ma.MaskedArray) and np.ma.is_masked(value):
        raise TypeError(f"{name}: some of its numbers are masked")
    array = np.asarray(value)
    if array.dtype.kind in "US":
        raise TypeError(f"{name}: this is no array; a file is given by the option hkl=, mat=, sourcefile= or a mask in words")
    if array.dtype == object or array.dtype.kind not in "biuf":
        raise TypeError(f"{name}: an array of {array.dtype}; give numbers, {shape}")
    if array.dtype == dtype:
        return array
    if np.dtype(dtype).kind == "i":
        if array.dtype.kind == "f" and not np.all(array == np.floor(array)):
            raise TypeError(f"{name}: there are numbers that are not whole")
        low, high = np.iinfo(dtype).min, np.iinfo(dtype).max
        if array.size and not (np.all(array >= low) and np.all(array <= high)):
            raise Refused(f"{name}: there are numbers beyond {low} … {high}", subject=name)
    return array.astype(dtype)


class InputArrays:
    """Arrays in the form of the library; keeps them alive."""

    def __init__(self, reflections: Any, matrix: Any, sources: Any, mask: Any, spectrum: Any) -> None:
        self.structure = library.Inputs(size=ctypes.sizeof(library.Inputs))
        self.kept: list[Any] = []
        if spectrum is not None:
            if sources is not None:
                raise TypeError("give sources or a spectrum, not both")
            sources = self._of_spectrum(spectrum)
        if reflections is not None:
            self._add_reflections(reflections)
        if matrix is not None:
            self._add_matrix(matrix)
        if sources is not None:
            self._add_sources(sources)
        if mask is not None:
            self._add_mask(mask)

    def _address(self, array: np.ndarray) -> int:
        self.kept.append(array)
        return array.ctypes.data

    def _add_reflections(self, reflections: Any) -> None:
        if not isinstance(reflections, (tuple, list)) or len(reflections) not in (2, 4):
            raise TypeError("reflections: give (indices, amplitudes) with indices of shape (n, 3), or (h, k, l, amplitudes)")
        if len(reflections) == 2:
            indices = numbers(reflections[0], np.int32, "reflections", "shape (n, 3)")
            if indices.ndim != 2 or indices.shape[1] != 3:
                raise TypeError(f"reflections: the indices have shape {indices.shape}, not (n, 3)")
        else:
            parts = [numbers(part, np.int32, "reflections", "shape (n,)") for part in reflections[:3]]
            if any(part.ndim != 1 or part.shape != parts[0].shape for part in parts):
                raise TypeError(f"reflections: h, k, l have shapes {[part.shape for part in parts]}, not (n,)")
            indices = np.stack(parts, axis=1)
        amplitudes = numbers(reflections[-1], np.float64, "reflections", "shape (n,)")
        if amplitudes.shape != indices.shape[:1]:
            raise TypeError(f"reflections: there are {len(indices)} indices, and amplitudes of shape {amplitudes.shape}")
        if len(amplitudes) == 0:
            raise Refused("reflections: there is none; leave them out, or give some", subject="reflections")
        start, (row, column) = self._address(indices), indices.strides
        s = self.structure
        s.reflection_count, s.index_stride = len(amplitudes), row
        s.h, s.k, s.l = start, start + column, start + 2 * column
        s.amplitudes, s.amplitude_stride = self._address(amplitudes), amplitudes.strides[0]

    def _add_matrix(self, matrix: Any) -> None:
        array = numbers(matrix, np.float64, "matrix", "shape (3, 3)")
        if array.shape != (3, 3):
            raise TypeError(f"matrix: it has shape {array.shape}, not (3, 3)")
        self.structure.matrix = self._address(array)
        self.structure.matrix_row_stride, self.structure.matrix_column_stride = array.strides

    @staticmethod
    def _of_spectrum(spectrum: Any) -> np.ndarray:
        array = numbers(spectrum, np.float64, "spectrum", "shape (n, 2)")
        if array.ndim != 2 or array.shape[1] != 2:
            raise TypeError(f"spectrum: it has shape {array.shape}, not (n, 2): wavelengths in Å, and weights")
        sources = np.full((len(array), 5), np.nan)
        sources[:, 3], sources[:, 4] = array[:, 1], array[:, 0] / 1e10
        return sources

    def _add_sources(self, sources: Any) -> None:
        array = numbers(sources, np.float64, "sources", "shape (n, 5)")
        if array.ndim != 2 or array.shape[1] != 5:
            raise TypeError(
                f"sources: it has shape {array.shape}, not (n, 5): x, y, z, weight, and wavelength in m; nan where the value is "
                "the default"
            )
        if len(array) == 0:
            raise Refused("sources: there is none; leave them out, or give some", subject="sources")
        s = self.structure
        s.source_count, s.sources = len(array), self._address(array)
        s.source_row_stride, s.source_column_stride = array.strides

    def _add_mask(self, mask: Any) -> None:
        array = np.asarray(mask)
        if array.dtype.kind == "f" and np.isnan(array).any():
            raise Refused("mask: there are pixels that are not a number", subject="mask")
        if array.dtype == object or array.dtype.kind not in "biuf" or array.ndim != 2:
            raise TypeError(
                f"mask: an array of {array.dtype} of shape {array.shape}; give one of shape (slow, fast), 0 = left out"
            )
        array = array.view(np.uint8) if array.dtype == bool else (array != 0).view(np.uint8)
        if array.size == 0:
            raise Refused(
                f"mask: it has shape {array.shape}; leave it out, or give one of the size of the image", subject="mask"
            )
        s = self.structure
        s.mask_slow, s.mask_fast = array.shape
        s.mask = self._address(array)
        s.mask_row_stride, s.mask_column_stride = array.strides
