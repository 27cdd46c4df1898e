"""The options of the command line, from the table of the library."""

from __future__ import annotations

import difflib
import numbers
import shlex
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Iterable

import numpy as np

from ._errors import Refused
from ._library import lib


@dataclass(frozen=True)
class Option:
    """An option of the command line.

    Attributes:
        names: Documented spellings, the usual one first.
        values: A label per value that follows.
        summary: What it does, with unit and default.
        section: The part of the help text.
        domain: The values that random command lines have (docs/judge.md, "Domains"); empty for an option that is not drawn.
        role: ``input``, ``cache``, ``output``, ``report``, or empty.
        has_effect: Whether it does anything.
    """

    names: tuple[str, ...]
    values: tuple[str, ...]
    summary: str
    section: str
    domain: str
    role: str
    has_effect: bool


#: Arguments that are inputs from memory, and no options.
MEMORY = ("reflections", "matrix", "sources", "spectrum", "mask")


@lru_cache(maxsize=None)
def options() -> tuple[Option, ...]:
    """All options, in the order of the help text."""
    found: list[Option] = []
    while True:
        row = lib.nb_option_at(len(found))
        if not row:
            return tuple(found)
        item = row.contents
        found.append(
            Option(
                tuple(item.names.decode().split()),
                tuple(item.values.decode().split()),
                item.summary.decode(),
                item.section.decode(),
                item.domain.decode(),
                item.role.decode(),
                bool(item.has_effect),
            )
        )


@lru_cache(maxsize=None)
def _by_keyword() -> dict[str, tuple[str, Option]]:
    return {name.lstrip("-").replace("-", "_"): (name, option) for option in options() for name in option.names}


def _word(value: Any, name: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name}: {value} is no number; give True only for an option without values")
    if isinstance(value, numbers.Integral):
        return str(int(value))
    if isinstance(value, (numbers.Real, np.floating)):
        return repr(float(value))
    if hasattr(value, "__fspath__"):
        path = value.__fspath__()
        return path.decode() if isinstance(path, bytes) else path
    if isinstance(value, np.ndarray) and value.ndim == 0:
        return _word(value[()], name)
    raise TypeError(f"{name}: {type(value).__name__} is no number and no text")


def _keyword_words(keyword: str, value: Any) -> list[str]:
    table = _by_keyword()
    key = keyword.rstrip("_")
    if key not in table and key in MEMORY:
        raise TypeError(f"{keyword}: inputs from memory are taken by simulate, trace and Simulation only")
    if key not in table:
        near = difflib.get_close_matches(key, table, 1)
        hint = f"; did you mean {near[0]}?" if near else "; see nanobragg.options()"
        raise TypeError(f"there is no option {keyword}{hint}")
    name, option = table[key]
    if isinstance(value, np.bool_):
        value = bool(value)
    if value is None or value is False:
        return []
    if value is True:
        if option.values:
            raise TypeError(f"{keyword} needs {len(option.values)} values: {' '.join(option.values)}")
        return [name]
    if not option.values:
        raise TypeError(f"{keyword} has no values: give True or False, not {value!r}")
    if isinstance(value, str):
        return [name, *(value.split() if len(option.values) > 1 else [value])]
    if isinstance(value, (list, tuple)) or (isinstance(value, np.ndarray) and value.ndim == 1):
        if len(value) > 64:
            raise TypeError(f"{keyword}: {len(value)} values; it takes {' '.join(option.values)}")
        return [name, *(_word(item, keyword) for item in value)]
    return [name, _word(value, keyword)]


def words(arguments: Iterable[Any], keywords: dict[str, Any]) -> list[str]:
    """The words of a command line: texts are split as by a shell, lists are taken word by word, and keywords are options.

    Raises:
        TypeError: If an argument is neither text nor a list of words, or there is no such option.
        Refused: If a text has a quote without its partner.
    """
    result: list[str] = []
    for argument in arguments:
        if isinstance(argument, str):
            try:
                result += shlex.split(argument)
            except ValueError as error:
                raise Refused(f"{argument!r}: {error}") from None
        elif isinstance(argument, (list, tuple)):
            result += [_word(item, "a word") for item in argument]
        else:
            raise TypeError(f"{type(argument).__name__} is no command line: give a text or a list of words")
    for keyword, value in keywords.items():
        result += _keyword_words(keyword, value)
    for word in result:
        if "\0" in word:
            raise Refused("a word has a zero byte")
    return result


def encoded(words: list[str]) -> list[bytes]:
    """The words as bytes.

    Raises:
        Refused: If a word is no text that UTF-8 has.
    """
    try:
        return [word.encode() for word in words]
    except UnicodeEncodeError as error:
        raise Refused(f"a word is no UTF-8 text: {error}") from None
