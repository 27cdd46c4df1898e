"""nanobragg: X-ray diffraction of nanocrystals on an area detector, with the exact numbers of nanoBragg.c.

>>> import nanobragg
>>> result = nanobragg.simulate("-cell 100 100 100 90 90 90 -default_F 100 -N 5 -distance 100 -detpixels 64")
>>> result.image.dtype, result.image.shape
(dtype('float32'), (64, 64))
"""

from ._errors import Cancelled, Incomplete, NanoBraggError, NotEnoughMemory, Refused
from ._library import differing_functions
from ._library import version as __version__
from ._options import Option, options
from ._simulation import Camera, Result, Simulation, Statistics, simulate, trace
from ._trace import Comparison, Finding, Pair, Quantity, Trace, compare
from .golden import GoldenCase, golden_cases
from .testing import assert_image_matches, assert_trace_matches, compare_images

__all__ = [
    "Camera",
    "Cancelled",
    "Comparison",
    "Finding",
    "GoldenCase",
    "Incomplete",
    "NanoBraggError",
    "NotEnoughMemory",
    "Option",
    "Pair",
    "Quantity",
    "Refused",
    "Result",
    "Simulation",
    "Statistics",
    "Trace",
    "__version__",
    "assert_image_matches",
    "assert_trace_matches",
    "compare",
    "compare_images",
    "differing_functions",
    "golden_cases",
    "options",
    "simulate",
    "trace",
]
