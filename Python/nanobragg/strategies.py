"""Random command lines for Hypothesis, from the table of options."""

from __future__ import annotations

import math
import re
from typing import Optional, Sequence

try:
    from hypothesis import strategies as st
except ImportError as error:  # pragma: no cover
    raise ImportError("nanobragg.strategies needs Hypothesis: pip install hypothesis") from error

from ._options import Option, options

_NUMBER = r"-?[0-9]+(?:\.[0-9]+)?(?:e-?[0-9]+)?"


def _written(value: float) -> str:
    return f"{value:.6g}"


def _one(word: str) -> Optional[st.SearchStrategy[list[str]]]:
    """The strategy of a word of a domain: a range, so many times, or the word itself; None for a file."""
    if "@" in word:
        return None
    repeated = re.fullmatch(r"(.*)\*(\d+)", word)
    times = int(repeated.group(2)) if repeated else 1
    body = repeated.group(1) if repeated else word
    span = re.fullmatch(rf"({_NUMBER})(\.\.\.|\.\.|~)({_NUMBER})", body)
    if span is None:
        if ".." in body or "~" in body:
            raise ValueError(f"the domain {word!r} of the table of options is not understood")
        return st.just([body] * times)
    low, high = float(span.group(1)), float(span.group(3))
    if span.group(2) == "..":
        one = st.integers(int(low), int(high)).map(str)
    elif span.group(2) == "~":
        one = st.floats(math.log(low), math.log(high)).map(lambda x: _written(min(max(math.exp(x), low), high)))
    else:
        one = st.floats(low, high).map(_written)
    return st.lists(one, min_size=times, max_size=times)


def _kind(text: str) -> Optional[st.SearchStrategy[list[str]]]:
    """The strategy of one kind of values of a domain; None for files, which are not drawn here."""
    words = [_one(word) for word in text.split()]
    found = [word for word in words if word is not None]
    return st.tuples(*found).map(lambda parts: sum(parts, [])) if found and len(found) == len(words) else None


def values(option: Option) -> Optional[st.SearchStrategy[list[str]]]:
    """The values of an option, by its domain; None for an option that is not drawn."""
    if option.values and not option.domain:
        return None
    if not option.values:
        return st.just([])
    kinds = [kind for part in option.domain.split("|") if (kind := _kind(part)) is not None]
    return st.one_of(kinds) if kinds else None


@st.composite
def command_lines(
    draw: st.DrawFn, *, only: Optional[Sequence[str]] = None, without: Sequence[str] = (), pixels: int = 8, most: int = 6
) -> list[str]:
    """Command lines of small scenes: a crystal, a small detector, and some options of the table.

    Args:
        only: Spellings of the options that may occur; all that are drawn by default.
        without: Spellings that may not occur.
        pixels: Pixels along each side.
        most: The largest number of options beside crystal and detector.

    Returns:
        The words. Some lines ask for what cannot be: `nanobragg.simulate` raises `nanobragg.Refused` for these.
    """
    for name in [*(only or []), *without]:
        if not any(name in option.names for option in options()):
            raise ValueError(f"there is no option {name}; spell it as in -polar")
    base = ["-cell", "50", "60", "70", "90", "100", "90", "-default_F", "100", "-detpixels", str(pixels), "-nonoise", "-nopgm"]
    base += ["-N", str(draw(st.integers(1, 7)))]
    left_out = set(without) | {"-detpixels", "-default_F", "-cell", "-N"}
    pool = [
        (option, strategy)
        for option in options()
        if option.has_effect
        and option.section not in ("Output", "Beyond the C program")
        and not option.role
        and not left_out & set(option.names)
        and (only is None or set(only) & set(option.names))
        and (strategy := values(option)) is not None
    ]
    for name in only or []:
        if not any(name in option.names for option, _ in pool):
            raise ValueError(f"{name} is not drawn: it names a file, or is one of the base line, or has no domain")
    chosen = draw(st.lists(st.sampled_from(range(len(pool))), unique=True, max_size=most))
    for index in chosen:
        option, strategy = pool[index]
        base += [option.names[0], *draw(strategy)]
    return base
