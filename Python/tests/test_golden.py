"""All golden cases through Python: the same bytes as the program writes, the same lines as it prints."""

import os
import subprocess
from pathlib import Path

import pytest

import nanobragg

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(os.environ.get("NANOBRAGG_PROGRAM", ROOT / ".build" / "release" / "nanobragg"))
CASES = nanobragg.golden_cases(ROOT / "fixtures" / "golden") if (ROOT / "fixtures").is_dir() else nanobragg.golden_cases()
FILES = {"float": "floatimage.bin", "integer": "intimage.img", "noise": "noiseimage.img", "grey": "image.pgm"}


@pytest.mark.skipif(not PROGRAM.exists(), reason=f"{PROGRAM} is missing: build it, or name it in NANOBRAGG_PROGRAM")
@pytest.mark.parametrize("case", CASES, ids=str)
def test_images_and_traces_are_those_of_the_program(case, tmp_path):
    words = [word for word in case.words if word != "-printout"]
    pixels = list(case.traces)
    line = words + (["-trace_pixel", *map(str, pixels[0])] if pixels else [])
    if "-seed" not in words:
        line += ["-seed", "1"]
        words = [*words, "-seed", "1"]
    run = subprocess.run([PROGRAM, *line], cwd=tmp_path, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    result = nanobragg.simulate(words, clock_seed=1)
    written = {name: tmp_path / name for name in FILES.values()}
    for kind, name in FILES.items():
        if written[name].exists():
            assert result.file(kind) == written[name].read_bytes(), kind
    assert written["floatimage.bin"].read_bytes() == result.image.tobytes()
    if pixels:
        expected = "".join(line + "\n" for line in run.stdout.splitlines() if line.startswith("TRACE_"))
        assert result.trace(*pixels[0]).text == expected


@pytest.mark.parametrize("case", [case for case in CASES if case.image is not None], ids=str)
def test_images_are_those_of_the_c_program(case):
    nanobragg.assert_image_matches(nanobragg.simulate(list(case.words), clock_seed=1), case_result(case))


def case_result(case):
    """The image of the C program as the reference."""

    class Recorded(nanobragg.Result):
        def __init__(self):
            self.image = case.image
            self.simulation = nanobragg.Simulation(list(case.words), clock_seed=1)

    return Recorded()
