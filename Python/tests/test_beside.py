"""Our numbers beside those of other programs of the field: pyFAI, gemmi, nxmx, fabio.

Each test is left out, and says so, where the program is not installed. With ``NANOBRAGG_TABLE`` set to a path, the largest
deviations are written there as a table of program, quantity, number and date.
"""

import datetime
import math
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest

import nanobragg

ROOT = Path(__file__).resolve().parents[2]
CONVERT = Path(os.environ.get("NANOBRAGG_CONVERT", ROOT / ".build" / "release" / "nanobragg-convert"))
ROWS: list[tuple[str, str, str]] = []


@pytest.fixture(scope="module", autouse=True)
def _table():
    yield
    target = os.environ.get("NANOBRAGG_TABLE")
    if target and ROWS:
        date = datetime.date.today().isoformat()
        lines = ["| program | quantity | largest deviation | date |", "| --- | --- | --- | --- |"]
        lines += [f"| {program} | {quantity} | {number} | {date} |" for program, quantity, number in ROWS]
        Path(target).write_text("\n".join(lines) + "\n")


def unit(vector):
    return vector / np.linalg.norm(vector)


def random_camera(random):
    """A camera anywhere that sees the sample: tilted and swung, on the beam and off it, vertical or odd polarization."""
    pixel = 10 ** random.uniform(-1.5, 0)
    options = dict(
        detpixels_f=int(random.integers(3, 40)),
        detpixels_s=int(random.integers(3, 40)),
        pixel=pixel,
        distance=10 ** random.uniform(1.3, 3),
        detector_rotx=random.uniform(-25, 25),
        detector_roty=random.uniform(-25, 25),
        detector_rotz=random.uniform(-180, 180),
        twotheta=random.uniform(-25, 25),
        polar=random.uniform(-1, 1),
        Xbeam=random.uniform(-20, 40) * pixel,
        Ybeam=random.uniform(-20, 40) * pixel,
        lambda_=random.uniform(0.5, 2),
    )
    options[["mosflm", "xds", "denzo", "adxv", "dials"][random.integers(5)]] = True
    options["pivot"] = ["sample", "beam"][random.integers(2)]
    return options


def pyfai_geometry(module, camera):
    """pyFAI's description of a camera: its axes 1, 2, 3 are across, along the electric vector, and along the beam."""
    beam = unit(camera.beam)
    electric = unit(np.cross(beam, np.cross(camera.polarization, beam)))
    detector = np.stack([camera.slow_axis, camera.fast_axis, camera.normal])
    across = np.cross(electric, beam)
    laboratory = np.stack([across, electric, beam])
    if np.linalg.det(laboratory) * np.linalg.det(detector) < 0:
        laboratory[0] *= -1
    r = laboratory @ detector.T  # columns: slow, fast, normal in pyFAI's laboratory
    rot2 = math.atan2(r[2, 0], math.hypot(r[2, 1], r[2, 2]))
    rot1, rot3 = math.atan2(-r[2, 1], r[2, 2]), math.atan2(r[1, 0], r[0, 0])
    return module.Geometry(
        dist=float(camera.origin @ camera.normal),
        poni1=-float(camera.origin @ camera.slow_axis),
        poni2=-float(camera.origin @ camera.fast_axis),
        rot1=rot1,
        rot2=rot2,
        rot3=rot3,
        detector=module_detector(camera),
    )


def module_detector(camera):
    from pyFAI.detectors import Detector

    return Detector(pixel1=camera.pixel_size, pixel2=camera.pixel_size, max_shape=camera.shape)


def test_pyfai_on_tilted_cameras():
    module = pytest.importorskip("pyFAI.geometry")
    random = np.random.default_rng(20261129)
    count = int(os.environ.get("NANOBRAGG_CAMERAS", "60"))
    worst = dict(two_theta=0.0, solid_angle=0.0, polarization=0.0)
    done = 0
    while done < count:
        options = random_camera(random)
        try:
            simulation = nanobragg.Simulation(cell=(50, 60, 70), default_F=1, N=1, oversample=1, **options)
        except nanobragg.Refused as refusal:
            assert "back of the detector" in str(refusal) or "distance" in str(refusal), refusal
            continue
        done += 1
        camera = simulation.camera
        geometry = pyfai_geometry(module, camera)
        polar = geometry.polarization(camera.shape, factor=camera.kahn_factor, axis_offset=0)
        flat = camera.pixel_size**2 / geometry.dist**2
        for _ in range(3):
            slow, fast = (int(random.integers(size)) for size in camera.shape)
            trace = simulation.trace(slow, fast)
            # The functions of single pixels: those of whole images take the indices, and so all that follows, in single
            # precision.
            place = np.array([float(slow)]), np.array([float(fast)])
            angle = float(geometry.tth(*place)[0])
            solid = flat * float(geometry.cos_incidence(*place)[0]) ** 3
            ray, beam = trace["diffracted_vec"], trace["incident_vec"]
            two_theta = math.atan2(np.linalg.norm(np.cross(ray, beam)), ray @ beam)
            worst["two_theta"] = max(worst["two_theta"], abs(two_theta - angle))
            worst["solid_angle"] = max(worst["solid_angle"], abs(trace["omega_pixel"] / solid - 1))
            worst["polarization"] = max(worst["polarization"], abs(trace["polar"] - float(polar[slow, fast])))
    import pyFAI

    for name, number in worst.items():
        ROWS.append(
            (f"pyFAI {pyFAI.version}", f"{name.replace('_', ' ')} ({3 * count} pixels of {count} cameras)", f"{number:.1e}")
        )
    assert worst["two_theta"] < 1e-12, worst
    assert worst["solid_angle"] < 1e-12, worst
    # pyFAI computes the factor in single precision: half a unit of the last place of 1 is 6e-8.
    assert worst["polarization"] < 2e-7, worst


def test_gemmi_on_unit_cells():
    gemmi = pytest.importorskip("gemmi")
    random = np.random.default_rng(7)
    worst = dict(volume=0.0, lengths=0.0, spacing=0.0, stol=0.0)
    for _ in range(300):
        lengths, angles = random.uniform(5, 300, 3), random.uniform(60, 119, 3)
        cell = gemmi.UnitCell(*lengths, *angles)
        if not np.isfinite(cell.volume) or cell.volume < 0.2 * np.prod(lengths):
            continue
        words = dict(cell=(*lengths, *angles), default_F=1, N=1, detpixels=1, misset=tuple(random.uniform(-180, 180, 3)))
        words |= dict(detector_rotx=10, distance=50, pixel=20, oversample=1, compat="spec", lambda_=1.0)
        simulation = nanobragg.Simulation(**words)
        direct, trace = simulation.camera.cell * 1e10, simulation.trace(0, 0)
        worst["lengths"] = max(worst["lengths"], np.abs(np.linalg.norm(direct, axis=1) / lengths - 1).max())
        worst["volume"] = max(worst["volume"], abs(np.linalg.det(direct) / cell.volume - 1))
        reciprocal = np.stack([trace[f"rot_{axis}_star_A_inv"] for axis in "abc"])
        for _ in range(3):
            hkl = random.integers(-9, 10, 3)
            if not hkl.any():
                continue
            spacing = 1 / np.linalg.norm(hkl @ reciprocal)
            worst["spacing"] = max(worst["spacing"], abs(spacing / cell.calculate_d(hkl.tolist()) - 1))
        # sin θ / λ of the ray, in 1/m, beside that of its fractional indices.
        d = np.linalg.norm(trace["hkl_frac"] @ reciprocal)
        worst["stol"] = max(worst["stol"], abs(trace["stol"] * 1e-10 / (d / 2) - 1))
    for name, number in worst.items():
        ROWS.append((f"gemmi {gemmi.__version__}", f"{name} of 300 cells, relative", f"{number:.1e}"))
    # A cell of 60° angles loses two digits in its volume; everything else follows from it.
    assert max(worst.values()) < 1e-12, worst


def test_structure_factors_of_gemmi():
    gemmi = pytest.importorskip("gemmi")
    structure = gemmi.SmallStructure()
    structure.cell = gemmi.UnitCell(11, 13, 17, 90, 100, 90)
    structure.spacegroup_hm = "P 1"
    structure.setup_cell_images() if hasattr(structure, "setup_cell_images") else None
    for number, (element, place) in enumerate([("S", (0.1, 0.2, 0.3)), ("O", (0.6, 0.1, 0.45)), ("C", (0.35, 0.8, 0.9))]):
        site = gemmi.SmallStructure.Site()
        site.label, site.type_symbol, site.element = f"{element}{number}", element, gemmi.Element(element)
        site.fract, site.occ, site.u_iso = gemmi.Fractional(*place), 1.0, 0.01
        structure.add_site(site)
    calculator = gemmi.StructureFactorCalculatorX(structure.cell)
    indices = np.stack(np.meshgrid(*[np.arange(-5, 6)] * 3, indexing="ij"), -1).reshape(-1, 3)
    amplitudes = np.array(
        [abs(calculator.calculate_sf_from_small_structure(structure, tuple(map(int, hkl)))) for hkl in indices]
    )
    line = "-cell 11 13 17 90 100 90 -N 5 -lambda 1.2 -distance 40 -pixel 0.5 -detpixels 60 -nointerpolate"
    Path("list.hkl").write_text("".join(f"{h} {k} {l} {a!r}\n" for (h, k, l), a in zip(indices.tolist(), amplitudes.tolist())))
    given = nanobragg.simulate(line, reflections=(indices, amplitudes))
    assert np.array_equal(given.image, nanobragg.simulate(line, hkl="list.hkl").image)
    trace = given.trace(*given.statistics.maximum_at)
    nearest = tuple(int(n) for n in trace["hkl_rounded"])
    expected = abs(calculator.calculate_sf_from_small_structure(structure, nearest))
    assert trace["F_cell"] == expected
    ROWS.append((f"gemmi {gemmi.__version__}", "structure factors in, amplitude of the brightest pixel", "0"))


SCENE = dict(cell=(60, 70, 80, 85, 95, 100), default_F=50, N=5, lambda_=1.3, distance=150, pixel=0.2, seed=3)
POSES = [dict(), dict(twotheta=20, detector_rotx=5), dict(detector_roty=-12, detector_rotz=30, Xbeam=3, Ybeam=5, xds=True)]


def converted(target, options):
    """An image of ours in another format, by the converter of the project."""
    result = nanobragg.simulate(**options)
    result.save("image.bin", "float")
    words = nanobragg.Simulation(**options).words
    run = subprocess.run([CONVERT, "image.bin", target, "--", *words], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return result


needs_converter = pytest.mark.skipif(not CONVERT.exists(), reason=f"{CONVERT} is missing: build it")


@needs_converter
@pytest.mark.parametrize("pose", range(len(POSES)))
def test_nxmx_reads_our_nexus_files(pose):
    nxmx, h5py = pytest.importorskip("nxmx"), pytest.importorskip("h5py")
    options = {**SCENE, "detpixels_f": 40, "detpixels_s": 30, **POSES[pose]}
    result = converted("image.nxs", options)
    camera = result.camera
    with h5py.File("image.nxs") as file:
        entry = nxmx.NXmx(file).entries[0]
        detector = entry.instruments[0].detectors[0]
        module = detector.modules[0]
        beam = entry.instruments[0].beams[0]
        data = np.asarray(next(iter(entry.data[0].values()))[()]).reshape(result.image.shape)
        assert np.array_equal(data.astype(np.float32), result.image)
        wavelength = float(np.asarray(beam.incident_wavelength.to("m").magnitude).ravel()[0])
        assert wavelength == pytest.approx(camera.wavelength, rel=1e-12)
        distance = float(detector.distance.to("m").magnitude)

        def vectors(name):
            direction = getattr(module, name)
            return np.asarray(direction.vector, float), float(np.asarray(direction[()].to("m").magnitude).ravel()[0])

        fast, fast_size = vectors("fast_pixel_direction")
        slow, slow_size = vectors("slow_pixel_direction")
        assert fast_size == pytest.approx(camera.pixel_size, rel=1e-12) == slow_size
        chain = nxmx.get_dependency_chain(module.fast_pixel_direction.depends_on)
        matrix = nxmx.get_cumulative_transformation(chain)[0]
        # NeXus lengths in mm, z along the beam; our frame turned into it.
        origin = matrix[:3, 3] / 1000
        rotation = matrix[:3, :3]
    # Any pose is known up to the choice of the frame: products of vectors do not depend on it.
    normal = np.cross(rotation @ fast, rotation @ slow)
    sign = np.sign(np.cross(camera.fast_axis, camera.slow_axis) @ camera.normal)
    ours = [camera.origin @ axis for axis in (camera.fast_axis, camera.slow_axis)] + [camera.origin @ camera.beam]
    theirs = [origin @ rotation @ fast, origin @ rotation @ slow, abs(origin[2])]
    deviation = np.abs(np.subtract(ours, theirs)).max()
    assert deviation < 1e-9, (ours, theirs)
    assert (rotation @ fast) @ (rotation @ slow) == pytest.approx(camera.fast_axis @ camera.slow_axis, abs=1e-12)
    assert np.isfinite(distance) and sign * np.linalg.norm(normal) == pytest.approx(sign, abs=1e-9)
    ROWS.append(("nxmx", f"origin of the detector, pose {pose}, in m", f"{deviation:.1e}"))


@needs_converter
def test_fabio_reads_our_images():
    fabio = pytest.importorskip("fabio")
    options = {**SCENE, "detpixels_f": 40, "detpixels_s": 30}
    result = converted("image.cbf", options)
    image = fabio.open("image.cbf")
    counts = np.round(result.image).astype(np.int64)
    assert image.data.shape == counts.shape and np.abs(image.data - counts).max() <= 1
    result.save("a.img", "integer")
    smv = fabio.open("a.img")
    # The headers are those of the C program and claim 512 bytes, which they have unless they are longer.
    if len(result.file("integer")) == 512 + 2 * counts.size:
        assert np.array_equal(smv.data, result.integer_image)
    ROWS.append((f"fabio {fabio.version}", "counts of cbf", f"{np.abs(image.data - counts).max():.0f}"))


def test_dxtbx_is_said_to_be_absent():
    """dxtbx comes as source that needs cctbx; no wheel for a plain Python is known."""
    pytest.importorskip("dxtbx", reason="dxtbx has no wheel; nxmx, which it uses for NeXus, stands for it")
