"""Calls that nobody should make, at random: each is refused by an exception with a reason, or works.

``NANOBRAGG_HOSTILE`` gives the number of calls. ``tests/test_hostile.py CALLS SEED`` as a program makes them without pytest, for
a Python under the address sanitizer.
"""

import os
import sys

import numpy as np
import pytest

import nanobragg

BASE = "-cell 50 60 70 90 90 90 -default_F 10 -N 2 -detpixels 4 -distance 50 -oversample 1"
ODD = [
    None,
    True,
    False,
    0,
    1,
    -1,
    2**31,
    2**63,
    2**70,
    1.5,
    float("nan"),
    float("inf"),
    -1e300,
    1e-300,
    "",
    "a",
    "\0",
    "\ud800",
]
ODD += [b"a", [], [[]], (), {}, object(), 1j, np.float32(3), np.int8(-3), np.array(5), np.datetime64("2026-01-01"), print]
DTYPES = ["i1", "u1", "i4", "u4", "i8", "u8", "f2", "f4", "f8", "?", "c16", "O", "U3", "M8[D]", ">f8", ">i4", "<f4"]


class Hostile:
    """Draws the arguments of one call after the other."""

    def __init__(self, seed):
        self.random = np.random.default_rng(seed)
        self.kept = []

    def one(self, choices):
        return choices[int(self.random.integers(len(choices)))]

    def array(self, shape):
        """An array that may be of another shape, type, order, alignment or stride than it should, or be freed and written over."""
        r = self.random
        if r.random() < 0.2:
            shape = tuple(int(n) for n in r.integers(0, 6, r.integers(0, 4)))
        dtype = np.dtype("f8" if r.random() < 0.4 else self.one(DTYPES))
        values = r.integers(-4, 5, shape) if r.random() < 0.6 else r.normal(0, 10.0 ** r.integers(-300, 300), shape)
        with np.errstate(all="ignore"):
            try:
                array = np.asarray(values).astype(dtype)
            except (TypeError, ValueError):
                array = np.full(shape, None, object)
        if array.dtype.kind == "f" and array.size and r.random() < 0.2:
            array.ravel()[int(r.integers(array.size))] = self.one([np.nan, np.inf, -np.inf, 0])
        kind = r.integers(6)
        if kind == 0 and array.ndim:
            array = np.repeat(array, 2, 0)[::2]
        elif kind == 1 and array.ndim:
            array = array[::-1]
        elif kind == 2:
            array = np.asfortranarray(array)
        elif kind == 3 and array.dtype != object:
            raw = np.zeros(array.nbytes + 1, np.uint8)
            unaligned = raw[1:].view(array.dtype)[: array.size].reshape(array.shape) if array.nbytes else array
            unaligned[...] = array
            array = unaligned
        elif kind == 4:
            array.flags.writeable = False
        return array

    def options(self):
        r, options = self.random, {}
        shapes = dict(matrix=(3, 3), sources=(2, 5), spectrum=(3, 2), mask=(4, 4))
        for name, shape in shapes.items():
            if r.random() < 0.2:
                options[name] = self.array(shape) if r.random() < 0.8 else self.one(ODD)
        if r.random() < 0.3:
            count = int(r.integers(0, 9))
            parts = (
                [self.array((count, 3)), self.array((count,))] if r.random() < 0.7 else [self.array((count,)) for _ in range(4)]
            )
            options["reflections"] = tuple(parts) if r.random() < 0.9 else self.one(ODD)
        if r.random() < 0.3:
            names = [name.lstrip("-") for option in nanobragg.options() for name in option.names if option.role == ""]
            # What would ask for a large image, or for many steps, is left out: it would only take time.
            name = self.one(
                [n for n in names if not n.startswith(("det", "threads", "phi", "mos", "osc", "over", "hdiv", "vdiv", "disp"))]
            )
            options[name] = self.one(ODD)
        if r.random() < 0.1:
            # Refused for their memory or number, or small: none may be computed for long.
            name = self.one(["mosaic_domains", "phisteps", "hdivsteps", "detpixels", "oversample"])
            options[name] = self.one([0, -1, 2, 3, 10**12])
        if r.random() < 0.1:
            options["memory_limit"] = self.one(ODD)
        if r.random() < 0.1:
            options["clock_seed"] = self.one(ODD)
        return options

    def call(self):
        """One call; returns whether it worked."""
        r = self.random
        try:
            result = nanobragg.simulate(BASE, **self.options()) if r.random() < 0.9 else nanobragg.simulate(self.one(ODD))
            kind = r.integers(5)
            if kind == 0:
                result.trace(int(r.integers(-2, 6)), int(r.integers(-2, 6)))
            elif kind == 1:
                nanobragg.compare(result.trace(1, 1), {self.one(["polar", "omega_pixel", "x", "", "a b"]): self.one(ODD)})
            elif kind == 2:
                result.file(self.one(["float", "integer", "noise", "grey", "x"]))
            elif kind == 3:
                nanobragg.compare_images(self.array((4, 4)), result)
            # Images outlive their results, in any order.
            self.kept.append(result.image)
            if len(self.kept) > 20:
                self.kept.pop(int(r.integers(len(self.kept)))).sum()
            return True
        except (nanobragg.NanoBraggError, TypeError, ValueError, OverflowError) as error:
            assert str(error), "a refusal without a reason"
            return False


def run(calls, seed):
    """Makes calls; returns how many worked."""
    hostile = Hostile(seed)
    return sum(hostile.call() for _ in range(calls))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_hostile_calls():
    calls = int(os.environ.get("NANOBRAGG_HOSTILE", "3000"))
    worked = run(calls, 20261129)
    assert calls // 20 < worked < calls


def failing(done, total):
    """A progress function with a fault."""
    raise ZeroDivisionError


def test_errors_of_callbacks_are_handed_on():
    large = BASE + " -detpixels 1500 -oversample 4"
    with pytest.raises(ZeroDivisionError):
        nanobragg.simulate(large, progress=failing)


if __name__ == "__main__":
    print(f"{sys.argv[1]} hostile calls of Python: none ended the process, {run(int(sys.argv[1]), int(sys.argv[2]))} worked")
