"""Compares nanobragg with fabio, gemmi and nxmx, on files of nanobragg and of other programs.

Run by check-fabio.sh. The detector is not square and the beam not in its middle, so that flips and transpositions show.
"""

import os
import re
import subprocess
import sys

import fabio
import gemmi
import h5py
import numpy
import nxmx

FIELD = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fixtures", "field")

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
    """Converts a CBF that fabio wrote, with differences of one, two and four bytes."""
    generator = numpy.random.default_rng(1)
    data = (generator.standard_normal((SLOW, FAST)) * 10.0 ** generator.uniform(0, 8, (SLOW, FAST))).astype("int32")
    fabio.cbfimage.CbfImage(data=data).write(os.path.join(folder, "theirs.cbf"))
    run(program, folder, "convert", "theirs.cbf", "ours.cbf", "--header", "image.cbf")
    check("a CBF of fabio's, through ours and back", numpy.array_equal(fabio.open(os.path.join(folder, "ours.cbf")).data, data))


def gaps(program, folder):
    """Checks that pixels that are not a number or out of range leave their neighbours correct."""
    data = numpy.fromfile(os.path.join(folder, "floatimage.bin"), "<f4").reshape(SLOW, FAST).copy()
    data[3, 5], data[4, 6], data[70, 9] = numpy.nan, -1e30, 1e30
    data.tofile(os.path.join(folder, "gaps.bin"))
    run(program, folder, "convert", "gaps.bin", "gaps.cbf", "--header", "image.cbf")
    read = fabio.open(os.path.join(folder, "gaps.cbf")).data
    usual = numpy.isfinite(data) & (abs(data) < 1e9)
    check("gaps.cbf: all other pixels", numpy.array_equal(read[usual], numpy.floor(data[usual] + 0.5)))
    check("gaps.cbf: a pixel that is not a number is -1", read[3, 5] == -1, read[3, 5])


def foreign_smv(program, folder):
    """Compares a d*TREK image as fabio and as nanobragg read it."""
    path = os.path.join(FIELD, "smv", "rigaku-hypix-dtrek.img")
    run(program, folder, "convert", path, "rigaku.cbf")
    expected = fabio.open(path).data
    check("a d*TREK image of long integers", numpy.array_equal(fabio.open(os.path.join(folder, "rigaku.cbf")).data, expected))


def nexus(program, folder):
    """Reads an NXmx image of a tilted detector with h5py and with nxmx, the reader of DIALS."""
    tilt = "-detector_rotx 3 -detector_roty -5 -detector_rotz 7 -twotheta 12".split()
    run(program, folder, *COMMAND, *tilt, "--compat", "spec", "-intfile", "tilted.img", "-floatfile", "tilted.bin")
    run(program, folder, "convert", "tilted.bin", "tilted.nxs", "--header", "tilted.img")
    floats = numpy.fromfile(os.path.join(folder, "tilted.bin"), "<f4").reshape(SLOW, FAST)
    trace = subprocess.run([program, *COMMAND, *tilt, "--compat", "spec", "-trace_pixel", "30", "40"], cwd=folder, check=True,
                           stdout=subprocess.PIPE, text=True).stdout
    distance = float(re.search(r"R_distance_meters (\S+)", trace).group(1)) * 1000
    with h5py.File(os.path.join(folder, "tilted.nxs")) as file:
        check("tilted.nxs: values", numpy.array_equal(file["/entry/data/data"][0], floats))
        entry = nxmx.NXmx(file).entries[0]
        detector = entry.instruments[0].detectors[0]

        def place(item):
            return nxmx.get_cumulative_transformation(nxmx.get_dependency_chain(item))[0, :3, 3]

        module = detector.modules[0]
        origin = place(module.module_offset)
        fast, slow = place(module.fast_pixel_direction) - origin, place(module.slow_pixel_direction) - origin
        found = float(numpy.linalg.norm(origin + 40.5 * fast + 30.5 * slow))
        check(f"tilted.nxs: the middle of a pixel is {distance:.6f} mm away", abs(found - distance) < 1e-6, found)
        wavelength = entry.instruments[0].beams[0].incident_wavelength.to("angstrom").magnitude
        check(f"tilted.nxs: wavelength {WAVELENGTH}", close(wavelength, WAVELENGTH), wavelength)


def reflections(program, folder):
    """Compares columns of MTZ files as gemmi and as nanobragg read them."""
    for name, labels in (("anom-F-only", ("F(+)", "F(-)")), ("order-I-first", ("I",)), ("two-datasets", ("F_nat",))):
        path = os.path.join(FIELD, "mtz", name + ".mtz")
        run(program, folder, "convert", path, name + ".hkl", "--no-expand")
        ours = {tuple(map(int, line.split()[:3])): float(line.split()[3]) for line in open(os.path.join(folder, name + ".hkl"))}
        mtz = gemmi.read_mtz_file(path)
        operations = mtz.spacegroup.operations()
        # Indices are read by label, because gemmi's own list of indices takes the first three columns.
        indices = list(zip(*(numpy.array(mtz.column_with_label(axis)) for axis in "HKL")))
        values = [numpy.array(mtz.column_with_label(label)) for label in labels]
        wrong = []
        for row, index in enumerate(indices):
            index = tuple(int(number) for number in index)
            expected = [float(column[row]) for column in values]
            if labels == ("I",):
                expected = [max(expected[0], 0) ** 0.5]
            if len(expected) == 2 and operations.is_reflection_centric(index):
                expected = [sum(expected) / 2] * 2
            mates = [index, tuple(-number for number in index)]
            wrong += [m for m, e in zip(mates, expected) if e == e and abs(ours.get(m, -1) - e) > 1e-6 * abs(e)]
        check(f"{name}.mtz: {len(indices)} reflections as gemmi has them", len(indices) > 100 and not wrong, wrong[:3])


def main(program, folder):
    program = os.path.abspath(program)
    for mode in ("c-parity", "spec"):
        smv(program, folder, mode)
    cbf(program, folder)
    foreign(program, folder)
    gaps(program, folder)
    foreign_smv(program, folder)
    nexus(program, folder)
    reflections(program, folder)
    print(f"fabio {fabio.version}: {len(failures)} checks failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
