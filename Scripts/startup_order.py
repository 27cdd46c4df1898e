#!/usr/bin/env python3
"""Writes Scripts/startup.order: the functions and variables that a small run touches.

The linker places them next to each other, so that starting the program touches few pages. Names that a later build
lacks
do no harm; run this script again when the start of the program changes. It needs valgrind, binutils and a built simulator:

    swift build -c release --product nanobragg && python3 Scripts/startup_order.py

Exit status: 0 written, 1 something is missing or fails.
"""

import bisect
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAM = os.path.join(HERE, "..", ".build", "release", "nanobragg")
SMALL = "-cell 100 100 100 90 90 90 -N 5 -detpixels 16 -noprogress -threads 1 "
RUNS = [
    SMALL + "-default_F 100 -nonoise -nopgm",
    SMALL + "-hkl list.hkl -mosaic 1 -mosaic_dom 2 -osc 1 -phisteps 2 -dispersion 1 -seed 1",
]


def symbols():
    """Addresses in ascending order, and the names at each."""
    names = {}
    for line in subprocess.run(["nm", PROGRAM], capture_output=True, text=True, check=True).stdout.splitlines():
        words = line.split()
        if len(words) == 3 and words[1] in "tTwWdDbBrRvV":
            names.setdefault(int(words[0], 16), []).append(words[2])
    return sorted(names), names


def touched(arguments, folder):
    """The addresses that a run executes, reads or writes."""
    log = os.path.join(folder, "accesses")
    # Without the tables of the debugger, whose newer forms stop valgrind; the addresses stay the same.
    bare = os.path.join(folder, "nanobragg")
    subprocess.run(["strip", "--strip-debug", "-o", bare, PROGRAM], check=True)
    command = ["valgrind", "--tool=lackey", "--trace-mem=yes", f"--log-file={log}", bare, *arguments.split()]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    with open(log) as lines:
        return {int(line[3:].split(",")[0], 16) for line in lines if line[:3] in ("I  ", " L ", " S ", " M ")}


def main():
    addresses, names = symbols()
    found = set()
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "list.hkl"), "w") as file:
            file.write("0 0 1 100\n1 2 3 200\n-1 -2 -3 150\n")
        for run in RUNS:
            for address in touched(run, folder):
                if addresses[0] <= address <= addresses[-1]:
                    found.update(names[addresses[bisect.bisect_right(addresses, address) - 1]])
    # valgrind cannot run AVX-512, so the names of the v4 loops are derived from those of the v3 loops.
    found.update(re.sub(r"KernelV3", "KernelV4", name) for name in list(found) if name.startswith("$s8KernelV3"))
    with open(os.path.join(HERE, "startup.order"), "w") as file:
        file.write("".join(name + "\n" for name in sorted(found)))
    print(f"startup.order has {len(found)} names")


try:
    main()
except (OSError, subprocess.CalledProcessError) as error:
    sys.exit(f"startup_order: {error}; install valgrind and build nanobragg in release configuration first")
