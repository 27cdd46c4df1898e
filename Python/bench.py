"""Times calls from Python beside the program, in turn.

    python3 Python/bench.py --program .build/release/nanobragg [--rounds 15]

- a tiny scene: the time to start the program over that of a call
- a large scene: the time of a call over that of the program, images only
- two scenes at a time, from two threads, over one after the other
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import tempfile
import threading
import time

import nanobragg

TINY = "-cell 50 60 70 90 90 90 -default_F 100 -N 5 -detpixels 16 -distance 100 -oversample 1"
LARGE = "-cell 70 80 90 90 90 90 -default_F 100 -N 10 -detpixels 1500 -distance 120 -pixel 0.1 -oversample 2 -mosaic_spread 0.5 -mosaic_domains 12"


def timed(work) -> float:
    """The seconds that a function takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def shown(ratios: list[float]) -> str:
    """Median, smallest and largest of some ratios."""
    return f"{statistics.median(ratios):.3g} ({min(ratios):.3g} to {max(ratios):.3g})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", required=True)
    parser.add_argument("--rounds", type=int, default=15)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:

        def start(line: str, *more: str) -> None:
            words = [*line.split(), "-nopgm", "-nonoise", "-intfile", "/dev/null", "-noprogress", *more]
            subprocess.run([arguments.program, *words], cwd=folder, check=True, stdout=subprocess.DEVNULL)

        nanobragg.simulate(TINY)
        start(TINY)
        tiny = [timed(lambda: start(TINY)) / timed(lambda: nanobragg.simulate(TINY)) for _ in range(20 * arguments.rounds)]
        print(f"tiny scene, {len(tiny)} pairs: the program takes {shown(tiny)} times as long as a call")
        large = [timed(lambda: nanobragg.simulate(LARGE)) / timed(lambda: start(LARGE)) for _ in range(arguments.rounds)]
        print(f"large scene, {len(large)} pairs: a call takes {shown(large)} times as long as the program")

        def one() -> None:
            nanobragg.simulate(LARGE, threads=1)

        def both() -> None:
            threads = [threading.Thread(target=one) for _ in range(2)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

        two = [timed(lambda: (one(), one())) / timed(both) for _ in range(arguments.rounds)]
        print(f"two at a time, one thread each, {len(two)} pairs: {shown(two)} times as fast as one after the other")


if __name__ == "__main__":
    main()
