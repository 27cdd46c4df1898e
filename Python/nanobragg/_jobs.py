"""Work of the library that other threads do, and how far it is."""

from __future__ import annotations

import sys
import threading
import time
from typing import Any, Callable, Union

import numpy as np

Progress = Union[bool, Callable[[int, int], Any], None]


def interruptibly(work: Callable[[], None], end: Callable[[], Any]) -> None:
    """Does work in another thread; an interruption of this one ends the work."""
    failures: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001
            failures.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        while thread.is_alive():
            thread.join(0.05)
    except BaseException:
        end()
        raise
    if failures:
        raise failures[0]


def goes_on(answer: Any) -> bool:
    """Whether the answer of a progress function is not False."""
    return not (isinstance(answer, (bool, np.bool_)) and not answer)


class Meter:
    """A progress bar on standard error, from 0.3 s on."""

    def __init__(self) -> None:
        self.start, self.shown = time.monotonic(), False

    def __call__(self, done: int, total: int) -> None:
        if time.monotonic() - self.start < 0.3:
            return
        self.shown = True
        filled = 40 * done // max(total, 1)
        sys.stderr.write(f"\r[{'#' * filled}{'.' * (40 - filled)}] {100 * done // max(total, 1)} %")
        sys.stderr.flush()

    def close(self) -> None:
        if self.shown:
            sys.stderr.write("\n")
