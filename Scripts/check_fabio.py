"""Holds what fabio sees in our images against what the command line asked for.

Run by check-fabio.sh. The detector is not square and the beam not in its middle, so that a flip or a transposition shows.
"""

import os
import re
import subprocess
import sys

import fabio
import numpy

FAST, SLOW, PIXEL, DISTANCE, WAVELENGTH = 100, 80, 0.2, 150.0, 1.1
BEAM = (13.1, 3.3)  # fast, slow, in mm from the corner: pixel 65 of 100, 16 of 80
COMMAND = (
    f"-cell 60 70 80 80 85 95 -default_F 100 -N 5 -oversample 1 -nopgm -seed 1 -xds "
    f"-detpixels_f {FAST} -detpixels_s {SLOW} -pixel {PIXEL} -distance {DISTANCE} -lambda {WAVELENGTH} "
    f"-ORGX {BEAM[0] / PIXEL + 0.5} -ORGY {BEAM[1] / PIXEL + 0.5} -phi 10 -osc 0.5 -phisteps 2"
).split()

failures = []


def check(what, holds, detail=""):
    print(f"{'ok    ' if holds else 'FAILED'} {what}{'' if holds else f': {detail}'}")
    if not holds:
        failures.append(what)


def close(a, b):
    return abs(float(a) - b) <= 5e-6 * abs(b)


def run(program, folder, *arguments):
    subprocess.run([program, *arguments], cwd=folder, check=True, stdout=subprocess.DEVNULL)


def smv(program, folder, mode):
    run(program, folder, *COMMAND, "--compat", mode)
    floats = numpy.fromfile(os.path.join(folder, "floatimage.bin"), "<f4").reshape(SLOW, FAST)
    brightest = numpy.unravel_index(floats.argmax(), floats.shape)
    for name in ("intimage.img", "noiseimage.img"):
        path = os.path.join(folder, name)
        raw = numpy.frombuffer(open(path, "rb").read()[-2 * FAST * SLOW:], "<u2").reshape(SLOW, FAST)
        image = fabio.open(path)
        header = image.header
        check(f"{mode} {name}: {image.classname}, {SLOW} rows of {FAST}", image.data.shape == (SLOW, FAST), image.data.shape)
        check(f"{mode} {name}: values", numpy.array_equal(image.data, raw))
        for key, value in (("PIXEL_SIZE", PIXEL), ("DISTANCE", DISTANCE), ("WAVELENGTH", WAVELENGTH),
                           ("DENZO_Y_BEAM", BEAM[0]), ("DENZO_X_BEAM", BEAM[1]), ("OSC_START", 10), ("OSC_RANGE", 0.5)):
            check(f"{mode} {name}: {key} is {value}", close(header[key], value), header.get(key))
    data = fabio.open(os.path.join(folder, "intimage.img")).data
    found = numpy.unravel_index(data.argmax(), data.shape)
    check(f"{mode} intimage.img: the direct beam is at row {brightest[0]}, column {brightest[1]}", found == brightest, found)
    place = (int(BEAM[1] / PIXEL), int(BEAM[0] / PIXEL))
    check(f"{mode}: that is where the command puts it", max(abs(a - b) for a, b in zip(found, place)) <= 1, (found, place))


def cbf(program, folder):
    run(program, folder, "convert", "intimage.img", "image.cbf")
    counts = fabio.open(os.path.join(folder, "intimage.img")).data
    image = fabio.open(os.path.join(folder, "image.cbf"))
    check(f"image.cbf: {image.classname}, values", numpy.array_equal(image.data, counts))
    text = image.header["_array_data.header_contents"]

    def numbers(key):
        line = re.search(rf"# {key}[ (]+(.*)", text)
        return [float(word) for word in re.findall(r"-?[0-9][0-9.e+-]*", line.group(1))] if line else []

    for key, expected in (("Pixel_size", [PIXEL / 1000] * 2), ("Detector_distance", [DISTANCE / 1000]),
                          ("Wavelength", [WAVELENGTH]), ("Beam_xy", [BEAM[0] / PIXEL, BEAM[1] / PIXEL]),
                          ("Start_angle", [10.0]), ("Angle_increment", [0.5])):
        found = numbers(key)
        holds = len(found) == len(expected) and all(close(a, b) for a, b in zip(found, expected))
        check(f"image.cbf: {key} {expected}", holds, found)


def foreign(program, folder):
    """A CBF that fabio wrote, with steps of one, two and four bytes."""
    generator = numpy.random.default_rng(1)
    data = (generator.standard_normal((SLOW, FAST)) * 10.0 ** generator.uniform(0, 8, (SLOW, FAST))).astype("int32")
    fabio.cbfimage.CbfImage(data=data).write(os.path.join(folder, "theirs.cbf"))
    run(program, folder, "convert", "theirs.cbf", "ours.cbf", "--header", "image.cbf")
    check("a CBF of fabio's, through ours and back", numpy.array_equal(fabio.open(os.path.join(folder, "ours.cbf")).data, data))


def main(program, folder):
    program = os.path.abspath(program)
    for mode in ("c-parity", "spec"):
        smv(program, folder, mode)
    cbf(program, folder)
    foreign(program, folder)
    print(f"fabio {fabio.version}: {len(failures)} checks failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
