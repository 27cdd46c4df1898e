"""Traces of pixels and their comparison."""

from __future__ import annotations

import ctypes
import difflib
import os
import re
from ctypes import byref, c_size_t, c_void_p
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any, Iterator, Mapping, Optional, Union

import numpy as np

from . import _library as library
from ._errors import Refused
from ._library import call


@dataclass(frozen=True, eq=False)
class Quantity:
    """A quantity on a line of a trace.

    Attributes:
        name: Its name.
        section: ``setup``, ``pixel``, ``phi`` or ``step``.
        unit: Its unit; ``1`` for pure numbers, ``word`` for text; empty for an unknown quantity.
        meaning: What it is.
        stage: The stage of the calculation.
        line: The number of the line in the trace, from 0.
        value: A float, an int, a str, or an array (n,) of floats.
    """

    name: str
    section: str
    unit: str
    meaning: str
    stage: str
    line: int
    value: Any

    def __str__(self) -> str:
        return f"{self.name} = {_shown(self.value)} {self.unit if self.unit not in ('1', 'word') else ''}".rstrip()


def _shown(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return " ".join(repr(float(item)) for item in value)
    return repr(value) if isinstance(value, float) else str(value)


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _value(raw: library.QuantityStructure) -> Any:
    if raw.word is not None:
        return raw.word.decode("utf-8", "replace")
    values = raw.values[: raw.count]
    if raw.count == 1:
        return int(values[0]) if raw.is_whole and np.isfinite(values[0]) else values[0]
    return np.array(values)


class Trace:
    """Every intermediate quantity of one pixel, as a table.

    ``trace["omega_pixel"]`` is the value of the quantity of the pixel or of the set-up; `rows` has all lines.
    """

    def __init__(self, handle: library.Handle, pixel: Optional[tuple[int, int]] = None) -> None:
        self._handle = handle
        self.pixel = pixel
        rows, count = ctypes.POINTER(library.QuantityStructure)(), c_size_t()
        call("nb_trace_quantities", handle, byref(rows), byref(count))
        #: All quantities in the order of the trace.
        self.rows: list[Quantity] = [
            Quantity(
                _text(rows[i].name),
                _text(rows[i].section),
                _text(rows[i].unit),
                _text(rows[i].meaning),
                _text(rows[i].stage),
                rows[i].line,
                _value(rows[i]),
            )
            for i in range(count.value)
        ]
        self._known: dict[str, Quantity] = {}
        for section in ("pixel", "setup"):
            for row in self.rows:
                if row.section == section:
                    self._known.setdefault(row.name, row)

    @classmethod
    def parse(cls, text: Union[str, bytes], name: str = "log") -> Trace:
        """The trace lines of a log of this or another program.

        Raises:
            Refused: If there is no trace line, or one cannot be read; the message has its number.
        """
        data = text.encode("utf-8", "surrogateescape") if isinstance(text, str) else bytes(text)
        handle = c_void_p()
        call("nb_trace_parse", data, len(data), name.encode("utf-8", "replace"), byref(handle))
        return cls(library.Handle(handle, "nb_trace_free"))

    @classmethod
    def of(cls, quantities: Any) -> Trace:
        """A trace from what there is: a trace, the text or path of a log, or a mapping of names to values.

        Names of a mapping are those of docs/quantities.md, and a name that is none of them is refused; names that begin with
        ``_`` are left out. Values are numbers, arrays of numbers, or words.

        Raises:
            Refused: If there is nothing to be read.
            TypeError: If it is none of these.
        """
        if isinstance(quantities, Trace):
            return quantities
        if isinstance(quantities, str) and "\n" not in quantities and not re.search(r"TRACE_\w+:? ", quantities):
            if not quantities.strip():
                raise Refused("an empty text is neither a log nor the path of one")
            quantities = Path(quantities)
        if isinstance(quantities, os.PathLike):
            path = Path(quantities)
            return cls.parse(path.read_bytes(), str(path))
        if isinstance(quantities, (str, bytes)):
            return cls.parse(quantities)
        if isinstance(quantities, Mapping):
            lines = [_line(name, value) for name, value in quantities.items() if not str(name).startswith("_")]
            return cls.parse("".join(lines), "mapping")
        raise TypeError(f"{type(quantities).__name__} is no trace: give a log, a path, or a mapping of names to numbers")

    @property
    def text(self) -> str:
        """The lines as the program prints them."""
        return library.text("nb_trace_text", self._handle)

    def __getitem__(self, name: str) -> Any:
        if name not in self._known:
            raise KeyError(f"the trace has no quantity {name}")
        return self._known[name].value

    def __contains__(self, name: object) -> bool:
        return name in self._known

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self.rows)

    def keys(self) -> list[str]:
        """Names of the quantities of the pixel and of the set-up."""
        return list(self._known)

    def unit(self, name: str) -> str:
        """The unit of a quantity.

        Raises:
            KeyError: If the trace does not have it.
        """
        if name not in self._known:
            raise KeyError(f"the trace has no quantity {name}")
        return self._known[name].unit

    def __reduce__(self):  # to another process by its text
        return (Trace.parse, (self.text, "trace"))

    def __str__(self) -> str:
        shown = [row for row in self.rows if row.section in ("setup", "pixel")]
        width = max((len(row.name) for row in shown), default=0)
        return "\n".join(f"{row.name:{width}}  {_shown(row.value)}  {row.unit}" for row in shown)

    def __repr__(self) -> str:
        where = f" of pixel {self.pixel} (slow, fast)" if self.pixel else ""
        return f"<nanobragg.Trace{where}: {len(self.rows)} quantities>"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{escape(row.name)}</td><td>{escape(_shown(row.value))}</td><td>{escape(row.unit)}</td>"
            f"<td>{escape(row.meaning)}</td></tr>"
            for row in self.rows
            if row.section in ("setup", "pixel")
        )
        return f"<table><tr><th>quantity</th><th>value</th><th>unit</th><th>meaning</th></tr>{rows}</table>"


@lru_cache(maxsize=None)
def _known_names() -> frozenset[str]:
    """The names of all quantities, those of older logs among them."""
    names: list[str] = []
    number = 0
    while (text := library.lib.nb_quantity_names_at(number)) is not None:
        names += text.decode().split()
        number += 1
    return frozenset(names)


@lru_cache(maxsize=None)
def _setup_names() -> frozenset[str]:
    """The names that only the set-up has."""
    from ._simulation import Simulation

    rows = Simulation("-cell 50 50 50 90 90 90 -default_F 1 -N 1 -detpixels 1 -oversample 1").trace(0, 0).rows
    pixel = {row.name for row in rows if row.section == "pixel"}
    return frozenset(row.name for row in rows if row.section == "setup" and row.name not in pixel)


def _line(name: Any, value: Any) -> str:
    if isinstance(name, str) and name not in _known_names():
        near = difflib.get_close_matches(name, _known_names(), 1)
        hint = f"did you mean {near[0]}?" if near else "docs/quantities.md has all"
        raise Refused(f"there is no quantity {name}; {hint} One of your own begins with _ and is left out", subject=name)
    return f"TRACE_PY{'_SETUP' if name in _setup_names() else ''}: {name} {_words(name, value)}\n"


def _words(name: Any, value: Any) -> str:
    if not isinstance(name, str) or not name or len(name.split()) != 1:
        raise TypeError(f"{name!r} is no name of a quantity")
    if isinstance(value, str):
        return value
    if hasattr(value, "detach"):
        value = value.detach()
    if hasattr(value, "cpu"):
        value = value.cpu()
    if isinstance(value, np.ma.MaskedArray) and np.ma.is_masked(value):
        raise TypeError(f"{name}: some of its numbers are masked")
    try:
        array = np.asarray(value)
    except (TypeError, ValueError):
        raise TypeError(f"{name}: {type(value).__name__} has no numbers") from None
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{name}: {type(value).__name__} of {array.dtype} has no real numbers")
    numbers = array.astype(float).ravel()
    if numbers.size == 0 or numbers.size > 64:
        raise TypeError(f"{name}: a quantity has 1 to 64 numbers, this one has {numbers.size}")
    if array.dtype.kind in "iu":
        return " ".join(str(int(number)) for number in array.ravel())
    return " ".join(repr(float(number)) for number in numbers)


@dataclass(frozen=True)
class Pair:
    """A quantity in two traces.

    Attributes:
        name: Its name.
        place: Name, section and step in words.
        reference: Its numbers in the reference, in words; empty if it is missing there.
        candidate: Its numbers in the candidate, in words; empty if it is missing there.
        unit: Its unit.
        tolerance: What is allowed, and why.
        relative: The largest deviation by the length of the reference; nan if it cannot be told.
        agrees: Whether the values agree.
        diverges: Whether this counts: a quantity that only one trace has need not.
    """

    name: str
    place: str
    unit: str
    reference: str
    candidate: str
    tolerance: str
    relative: float
    agrees: bool
    diverges: bool

    def __str__(self) -> str:
        return f"{self.place}: reference {self.reference or 'missing'}, candidate {self.candidate or 'missing'}, allowed {self.tolerance}"


@dataclass(frozen=True)
class Finding:
    """A possible cause of the first divergence: its kind, how certain it is, and the reason."""

    kind: str
    confidence: str
    text: str

    def __str__(self) -> str:
        return f"{self.confidence}: {self.kind}: {self.text}"


class Comparison:
    """Two traces, quantity by quantity, in the order in which a simulation computes them."""

    def __init__(self, handle: library.Handle) -> None:
        self._handle = handle
        raw = library.ComparisonResult(size=ctypes.sizeof(library.ComparisonResult))
        call("nb_comparison_result_of", handle, byref(raw))
        self.pairs: list[Pair] = [
            Pair(
                _text(item.name),
                _text(item.place),
                _text(item.unit),
                _text(item.reference_text),
                _text(item.candidate_text),
                _text(item.tolerance),
                item.relative,
                bool(item.agrees),
                bool(item.diverges),
            )
            for item in raw.pairs[: raw.pair_count]
        ]
        #: Possible causes of the first divergence, the most certain first.
        self.findings: list[Finding] = [
            Finding(_text(item.kind), _text(item.confidence), _text(item.text)) for item in raw.findings[: raw.finding_count]
        ]
        #: ``parity``; ``divergence``; ``partial`` if what both have agrees, and one lacks scaling factors of the other;
        #: ``different`` for traces of different pixels or with nothing in common.
        self.outcome: str = {0: "parity", 1: "divergence", 2: "partial"}.get(raw.outcome, "different")
        #: The first quantity that diverges; None if none does.
        self.first: Optional[Pair] = self.pairs[raw.first] if raw.first >= 0 else None

    @property
    def agrees(self) -> bool:
        """Whether every quantity that both traces have agrees."""
        return self.outcome in ("parity", "partial")

    @property
    def divergences(self) -> list[Pair]:
        """The quantities that diverge, in the order of computation."""
        return [pair for pair in self.pairs if pair.diverges]

    def __bool__(self) -> bool:
        return self.agrees

    def __str__(self) -> str:
        return library.text("nb_comparison_text", self._handle)

    def __repr__(self) -> str:
        first = f", first {self.first.place}" if self.first else ""
        return f"<nanobragg.Comparison {self.outcome}{first}>"

    def _repr_html_(self) -> str:
        if self.first is None:
            return f"<p><b>{self.outcome}</b>: {len(self.pairs)} quantities</p>"
        rows = "".join(
            f"<tr><td>{escape(pair.place)}</td><td>{escape(pair.reference)}</td><td>{escape(pair.candidate)}</td>"
            f"<td>{pair.relative:.3g}</td></tr>"
            for pair in self.divergences[:40]
        )
        causes = "".join(f"<li>{escape(str(finding))}</li>" for finding in self.findings)
        return (
            f"<p><b>first divergence</b>: {escape(str(self.first))}</p><ul>{causes}</ul>"
            f"<table><tr><th>quantity</th><th>reference</th><th>candidate</th><th>relative</th></tr>{rows}</table>"
        )


def compare(reference: Any, candidate: Any, *, tolerance: Optional[float] = None) -> Comparison:
    """Compares two traces quantity by quantity, and says what diverges first, and why.

    Args:
        reference: What is taken as right: a `Trace`, the text or path of a log, or a mapping of names to values.
        candidate: What is examined, in one of these forms.
        tolerance: The relative tolerance of quantities; that of ``nbverify compare`` (1e-6) by default.

    Raises:
        Refused: If one of the two cannot be read.
    """
    if tolerance is not None and not (isinstance(tolerance, (int, float, np.floating)) and 0 < tolerance < float("inf")):
        raise Refused(f"tolerance: {tolerance!r} is no positive number", subject="tolerance")
    first, second = Trace.of(reference), Trace.of(candidate)
    handle = c_void_p()
    call("nb_compare", first._handle, second._handle, float(tolerance or 0), byref(handle))
    return Comparison(library.Handle(handle, "nb_comparison_free"))
