"""Simulations and traces through Python: inputs from memory, refusals, threads, interruption, the state of the process."""

import copy
import gc
import locale
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
import warnings
import weakref
from pathlib import Path

import numpy as np
import pytest

import nanobragg

BASE = "-cell 60 70 80 85 95 100 -misset 10 20 30 -N 4 -lambda 1.1 -distance 80 -pixel 0.4 -detpixels_f 20 -detpixels_s 30 -oversample 1"
SCENE = BASE + " -default_F 50"


def image(*arguments, **options):
    return nanobragg.simulate(*arguments, **options).image


def test_texts_lists_and_keywords_are_the_same_command_line():
    keywords = dict(cell=(60, 70, 80, 85, 95, 100), misset=[10, 20, 30], N=np.int64(4), lambda_=1.1, distance=80, pixel=0.4)
    keywords |= dict(detpixels_f=20, detpixels_s=30, oversample=1, default_F=np.float32(50), nopolar=False, curved_det=None)
    assert np.array_equal(image(SCENE), image(SCENE.split()))
    assert np.array_equal(image(SCENE), image(**keywords))
    assert np.array_equal(image(SCENE, nopolar=True), image(SCENE + " -nopolar"))
    assert np.array_equal(image(SCENE, compat="spec"), image(SCENE, "--compat spec"))


def test_numbers_are_handed_over_whole():
    for value in (1.1234567890123457, 1 / 3, 5e-324, np.float32(0.1), np.float64(1e300), 2**53 + 1):
        word = nanobragg.Simulation(SCENE, polar=value).words[-1]
        assert float(word) == float(value) and (not isinstance(value, int) or int(word) == value)


def test_the_image_is_the_memory_of_the_library():
    result = nanobragg.simulate(SCENE)
    pixels = result.image
    assert pixels.dtype == np.float32 and pixels.shape == (30, 20) and pixels.flags.c_contiguous
    with pytest.raises(ValueError):
        pixels[0, 0] = 1
    copy, part, watch = pixels.copy(), pixels[3:7, ::2], weakref.ref(result._handle)
    del result, pixels
    gc.collect()
    assert watch() is not None, "a part of the image holds the memory"
    assert np.array_equal(part, copy[3:7, ::2])
    del part
    gc.collect()
    assert watch() is None, "nothing holds the memory any more"


def write_list(path, indices, amplitudes):
    path.write_text("".join(f"{h} {k} {l} {a!r}\n" for (h, k, l), a in zip(indices.tolist(), amplitudes.tolist())))


def some_reflections(seed=3):
    random = np.random.default_rng(seed)
    indices = np.stack(np.meshgrid(*[np.arange(-6, 7)] * 3, indexing="ij"), -1).reshape(-1, 3)
    return indices, random.uniform(1, 300, len(indices))


@pytest.mark.parametrize("change", ["plain", "strided", "reversed", "fortran", "int64", "float indices", "columns"])
def test_reflections_from_memory_are_those_of_a_file(change, tmp_path):
    indices, amplitudes = some_reflections()
    write_list(tmp_path / "list.hkl", indices, amplitudes)
    expected = image(BASE, hkl=tmp_path / "list.hkl", default_F=0)
    given = indices.astype(np.int32), amplitudes
    if change == "strided":
        wide = np.zeros((len(indices), 9), np.int32)
        wide[:, 1::3] = indices
        given = wide[:, 1::3], np.repeat(amplitudes, 2)[::2]
    elif change == "reversed":
        given = indices.astype(np.int32)[::-1][::-1], amplitudes[::-1].copy()[::-1]
    elif change == "fortran":
        given = np.asfortranarray(indices, np.int32), amplitudes
    elif change == "int64":
        given = indices.astype(np.int64), amplitudes
    elif change == "float indices":
        given = indices.astype(float), amplitudes
    elif change == "columns":
        given = (*indices.T, amplitudes)
    assert np.array_equal(image(BASE, reflections=given, default_F=0), expected)
    assert expected.max() > 0


def test_matrix_sources_and_mask_from_memory_are_those_of_files(tmp_path):
    matrix = np.array([[0.012, 0.003, -0.001], [-0.002, 0.0131, 0.0007], [0.001, -0.0004, 0.0117]])
    (tmp_path / "a.mat").write_text("\n".join(" ".join(map(repr, row)) for row in matrix.tolist()) + "\n")
    line = "-N 4 -lambda 1.1 -distance 80 -pixel 0.4 -detpixels 20 -oversample 1 -default_F 50"
    expected = image(line, mat=tmp_path / "a.mat")
    for given in (matrix, np.asfortranarray(matrix), matrix.tolist(), matrix[::-1][::-1]):
        assert np.array_equal(image(line, matrix=given), expected)

    sources = np.array([[-1, 0, 0, 1, 1.1e-10], [-1, 0.001, 0, 2, 1.11e-10], [-1, 0, 0.002, 0.5, 1.09e-10]])
    (tmp_path / "s.txt").write_text("".join(" ".join(map(repr, row)) + "\n" for row in sources.tolist()))
    for mode in ("c-parity", "spec"):
        expected = image(SCENE, sourcefile=tmp_path / "s.txt", compat=mode)
        assert np.array_equal(image(SCENE, sources=sources, compat=mode), expected)
        assert np.array_equal(image(SCENE, sources=np.asfortranarray(sources), compat=mode), expected)

    mask = np.ones((30, 20), np.uint16)
    mask[5:9, 3:12] = 0
    header = b"{\nHEADER_BYTES=512;\nSIZE1=20;\nSIZE2=30;\nTYPE=unsigned_short;\nBYTE_ORDER=little_endian;\n}\f"
    (tmp_path / "mask.img").write_bytes(header.ljust(512) + mask.tobytes())
    expected = image(SCENE, mask=mask)
    assert np.array_equal(image(SCENE + f" -mask {tmp_path / 'mask.img'}"), expected)
    assert np.all(expected[5:9, 3:12] == 0) and np.count_nonzero(expected) == 600 - 36
    for given in (mask == 1, mask.astype(float), np.asfortranarray(mask), mask.tolist()):
        assert np.array_equal(image(SCENE, mask=given), expected)
    without_size = "-cell 60 70 80 -N 4 -default_F 50 -distance 80 -pixel 0.4"
    assert image(without_size, mask=mask).shape == (30, 20), "a mask sets the size of the image"


def test_a_spectrum_is_sources_along_the_beam():
    spectrum = np.array([[1.09, 1.0], [1.10, 3.0], [1.12, 0.5]])
    sources = np.full((3, 5), np.nan)
    sources[:, 4], sources[:, 3] = spectrum[:, 0] / 1e10, spectrum[:, 1]
    one = image(SCENE, spectrum=spectrum, compat="spec")
    assert np.array_equal(one, image(SCENE, sources=sources, compat="spec"))
    weighted = sum(w * image(SCENE + f" -lambda {x}", compat="spec").astype(float) for x, w in spectrum) / spectrum[:, 1].sum()
    np.testing.assert_allclose(one, weighted, rtol=2e-6)


def test_the_camera_is_that_of_the_trace():
    simulation = nanobragg.Simulation(SCENE, detector_rotx=5, detector_roty=-3, twotheta=7)
    camera, trace = simulation.camera, simulation.trace(11, 4)
    for name, value in {
        "fast_axis": "fdet_vec",
        "slow_axis": "sdet_vec",
        "normal": "odet_vec",
        "origin": "pix0_vector_meters",
        "beam": "beam_vec",
        "close_distance": "close_distance_meters",
        "wavelength": "lambda_meters",
    }.items():
        assert np.array_equal(getattr(camera, name), trace[value]), name
    # The trace shows the first sub-pixel, here the only one.
    np.testing.assert_allclose(camera.positions(11, 4), trace["pixel_pos_meters"], rtol=1e-15)
    assert camera.positions().shape == (30, 20, 3) and camera.steps == trace["steps"]
    assert np.allclose(np.linalg.norm(camera.cell, axis=1) * 1e10, [60, 70, 80])


def test_images_of_counts():
    result = nanobragg.simulate(SCENE, seed=7)
    counts = result.integer_image
    assert counts.dtype == np.uint16 and counts.shape == (30, 20)
    expected = np.minimum(65535, np.floor(result.image * result.integer_scale + 40 + 0.5))
    assert np.abs(counts - expected).max() <= 1
    assert np.array_equal(result.noise_image, nanobragg.simulate(SCENE, seed=7).noise_image)
    assert not np.array_equal(result.noise_image, nanobragg.simulate(SCENE, seed=8).noise_image)
    assert result.grey_map.dtype == np.uint8
    known = result.statistics
    assert known.maximum == result.image.max() and result.image[known.maximum_at] == known.maximum
    assert known.mean == pytest.approx(result.image.mean(dtype=float), rel=1e-12)
    result.save("a.img", "integer")
    assert Path("a.img").read_bytes()[512:] == counts.tobytes() and os.listdir() == ["a.img"]


@pytest.mark.parametrize(
    "arguments, options, kind, words",
    [
        (["-cellx"], {}, nanobragg.Refused, "-cellx"),
        (["-lambda abc"], {}, nanobragg.Refused, "abc"),
        (["-cell 10"], {}, nanobragg.Incomplete, "-default_F"),
        ([SCENE, "-hkl nowhere.hkl"], {}, nanobragg.Refused, "nowhere.hkl"),
        ([SCENE, "'unfinished"], {}, nanobragg.Refused, "quotation"),
        ([SCENE], {"N": "x"}, nanobragg.Refused, "-N"),
        ([SCENE], {"nowhere": 3}, TypeError, "no option nowhere"),
        ([SCENE], {"detpixel": 3}, TypeError, "did you mean detpixels"),
        ([SCENE], {"cell": True}, TypeError, "needs 6 values"),
        ([SCENE], {"nopolar": 3}, TypeError, "no values"),
        ([SCENE], {"N": object()}, TypeError, "no number"),
        ([SCENE], {"N": [True]}, TypeError, "no number"),
        ([3], {}, TypeError, "no command line"),
        ([SCENE], {"reflections": 3}, TypeError, "indices"),
        ([SCENE], {"reflections": ([[1, 2]], [1])}, TypeError, "shape"),
        ([SCENE], {"reflections": ([[1, 2, 3]], [1, 2])}, TypeError, "1 indices"),
        ([SCENE], {"reflections": ([[1, 2, 0.5]], [1])}, TypeError, "whole"),
        ([SCENE], {"reflections": ([[1, 2, 2**40]], [1])}, nanobragg.Refused, "beyond"),
        ([SCENE], {"reflections": ([[1, 2, 3], [10**8, 10**8, 10**8]], [1, 1])}, nanobragg.NotEnoughMemory, "stray"),
        ([SCENE], {"reflections": ([[1, 2, 3]], [np.nan])}, nanobragg.Refused, "finite"),
        ([SCENE], {"reflections": (np.zeros((0, 3)), [])}, nanobragg.Refused, "none"),
        ([SCENE], {"reflections": (["abc"], [1])}, TypeError, "no array"),
        ([SCENE + " -hkl a.hkl"], {"reflections": ([[1, 2, 3]], [1])}, nanobragg.Refused, "in memory"),
        ([SCENE], {"matrix": np.eye(2)}, TypeError, "(3, 3)"),
        ([SCENE], {"matrix": np.zeros((3, 3))}, nanobragg.Refused, "volume"),
        ([SCENE], {"matrix": np.full((3, 3), np.inf)}, nanobragg.Refused, "finite"),
        ([SCENE], {"sources": np.zeros((2, 4))}, TypeError, "(n, 5)"),
        ([SCENE], {"sources": np.zeros((2, 5))}, nanobragg.Refused, "wavelength"),
        ([SCENE], {"spectrum": [[1, 2, 3]]}, TypeError, "(n, 2)"),
        ([SCENE], {"spectrum": [[1, 1]], "sources": np.zeros((2, 5))}, TypeError, "not both"),
        ([SCENE], {"mask": np.zeros(5)}, TypeError, "slow, fast"),
        ([SCENE], {"mask": np.ones((3, 4))}, nanobragg.Refused, "mask"),
        ([SCENE], {"memory_limit": 1000}, nanobragg.NotEnoughMemory, "7440 bytes"),
        ([SCENE], {"memory_limit": -1}, nanobragg.Refused, "negative"),
        ([SCENE], {"memory_limit": 1.5}, TypeError, "whole"),
        ([SCENE + " -detpixels 30000"], {"memory_limit": 10**9}, nanobragg.NotEnoughMemory, "30000 x 30000"),
        (["-help"], {}, nanobragg.Refused, "nb_option_at"),
        ([SCENE + " a\0b"], {}, nanobragg.Refused, "zero byte"),
        ([SCENE, ["\ud800"]], {}, nanobragg.Refused, "UTF-8"),
    ],
)
def test_what_cannot_be_is_refused_with_a_reason(arguments, options, kind, words):
    with pytest.raises(kind) as refusal:
        nanobragg.simulate(*arguments, **options)
    assert words.lower() in str(refusal.value).lower(), str(refusal.value)


def test_refusals_survive_a_trip_to_another_process():
    with pytest.raises(nanobragg.Refused) as refusal:
        nanobragg.simulate("-lambda abc")
    again = pickle.loads(pickle.dumps(refusal.value))
    assert type(again) is type(refusal.value) and str(again) == str(refusal.value) and again.subject == "-lambda"


def test_pixels_that_have_no_trace_are_refused():
    simulation = nanobragg.Simulation(SCENE, roi=(2, 9, 2, 9))
    for pixel in [(-1, 3), (30, 3), (3, 20), (15, 15), (2**62, 1)]:
        with pytest.raises(nanobragg.Refused):
            simulation.trace(*pixel)
    for pixel in [(1.5, 2), ("a", 2), (None, 2)]:
        with pytest.raises(TypeError):
            simulation.trace(*pixel)
    other = nanobragg.simulate(SCENE)
    with pytest.raises(nanobragg.NanoBraggError):
        simulation.trace(3, 3, other)


def test_notes_say_what_is_not_carried_out():
    notes = nanobragg.simulate(SCENE + " -floatfile a.bin -noprogress -distance 81 -close_distance 3").notes
    assert any("-floatfile is not carried out" in note for note in notes)
    assert os.listdir() == [], "nothing is written"


def test_a_cache_in_the_folder_is_not_read():
    (Path.cwd() / "Fdump.bin").write_bytes(b"1 2 3 4 5 6\n\f" + bytes(8 * 27))
    with pytest.raises(nanobragg.Incomplete):
        nanobragg.simulate(BASE)
    assert Path("Fdump.bin").exists() and len(os.listdir()) == 1


def test_neither_environment_nor_locale_matters(monkeypatch):
    expected = image(SCENE)
    monkeypatch.setenv("NB_SIMD", "nonsense")
    monkeypatch.setenv("OMP_NUM_THREADS", "nonsense")
    assert np.array_equal(image(SCENE), expected)
    before = locale.setlocale(locale.LC_ALL)
    for name in ("de_DE.UTF-8", "fr_FR.UTF-8", "C.UTF-8"):
        try:
            locale.setlocale(locale.LC_ALL, name)
        except locale.Error:
            continue
        try:
            result = nanobragg.simulate(SCENE)
            assert np.array_equal(result.image, expected)
            assert "1.1e-10" in result.simulation.setup
        finally:
            locale.setlocale(locale.LC_ALL, before)


LARGE = "-cell 60 70 80 -N 4 -default_F 50 -detpixels 2000 -oversample 5 -mosaic_spread 1 -mosaic_domains 50"


def test_progress_is_told_on_this_thread_and_can_end_it():
    calls = []

    def report(done, total):
        calls.append((done, total, threading.get_ident()))
        return len(calls) < 3

    start = time.monotonic()
    with pytest.raises(nanobragg.Cancelled):
        nanobragg.simulate(LARGE, progress=report)
    assert time.monotonic() - start < 5
    assert len(calls) == 3 and {call[2] for call in calls} == {threading.get_ident()} and calls[0][1] == 2000

    def fail(done, total):
        raise KeyError("the error of a caller")

    with pytest.raises(KeyError, match="the error of a caller"):
        nanobragg.simulate(LARGE, progress=fail)
    with pytest.raises(TypeError):
        nanobragg.simulate(SCENE, progress=3)


#: Scenes whose work lies in different loops: rows, sub-pixels, phi steps, domains, sources; blocks and scalar formulas.
DEAR = {
    "rows": LARGE,
    "sub-pixels of one pixel": "-cell 60 70 80 -N 4 -default_F 50 -detpixels 1 -oversample 999 -mosaic_spread 1 -mosaic_domains 500",
    "phi steps of one pixel": "-cell 60 70 80 -N 4 -default_F 50 -detpixels 1 -oversample 40 -osc 10 -phisteps 900000",
    "domains of one pixel": "-cell 60 70 80 -N 4 -default_F 50 -detpixels 1 -oversample 90 -mosaic_spread 1 -mosaic_domains 90000",
    "term by term": "-cell 60 70 80 -N 4 -default_F 50 -detpixels 1 -oversample 999 -mosaic_spread 1 -mosaic_domains 500 --compat spec",
    "cubic interpolation": "-cell 60 70 80 -N 4 -default_F 50 -detpixels 1 -oversample 900 -interpolate -mosaic_spread 1 -mosaic_domains 500",
}


def interrupted(simulation):
    """The time in s from the signal to the exception."""
    sent = []

    def send():
        time.sleep(0.4)
        sent.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=send)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        simulation.render()
        thread.join()
    late = time.monotonic() - sent[0]
    thread.join()
    return late


def test_ctrl_c_ends_a_long_trace():
    class Traced:
        def render(self):
            nanobragg.Simulation(DEAR["sub-pixels of one pixel"]).trace(0, 0)

    lates = [interrupted(Traced())]
    while lates[-1] >= 0.2 and len(lates) < 4:
        lates.append(interrupted(Traced()))
    assert lates[-1] < 0.2, lates


@pytest.mark.parametrize("name", DEAR)
def test_ctrl_c_ends_a_rendering_within_a_fifth_of_a_second(name):
    # A machine with other work may be late by itself: one attempt in four has to be in time.
    lates = [interrupted(nanobragg.Simulation(DEAR[name]))]
    while lates[-1] >= 0.2 and len(lates) < 4:
        lates.append(interrupted(nanobragg.Simulation(DEAR[name])))
    assert lates[-1] < 0.2, lates
    # The threads of the rendering end, too: soon nothing computes any more. Tables that are being made are made to their end.
    for _ in range(10):
        before, start = time.process_time(), time.monotonic()
        time.sleep(0.3)
        if (time.process_time() - before) / (time.monotonic() - start) < 0.3:
            return
    raise AssertionError("a thread goes on computing")


def test_other_threads_of_python_go_on():
    counted = 0
    done = threading.Event()

    def render():
        nanobragg.simulate(SCENE + " -detpixels 700 -oversample 3")
        done.set()

    threading.Thread(target=render).start()
    while not done.is_set():
        counted += 1
        time.sleep(0.001)
    assert counted > 5


def test_simulations_in_many_threads_at_once():
    scenes = [SCENE + f" -phi {n}" for n in range(6)]
    expected = [image(scene) for scene in scenes]
    shared = nanobragg.Simulation(scenes[0])
    problems = []

    def work(number):
        try:
            for turn in range(20):
                which = (number + turn) % len(scenes)
                if not np.array_equal(image(scenes[which]), expected[which]):
                    problems.append(which)
                if not np.array_equal(shared.render().image, expected[0]) or shared.trace(3, 4)["steps"] != 1:
                    problems.append("shared")
        except Exception as error:  # noqa: BLE001
            problems.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems


def _in_child(queue):
    queue.put(image(SCENE + " -detpixels 300 -oversample 3").tobytes())


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_forked_process_renders():
    simulation = nanobragg.Simulation(SCENE + " -detpixels 300 -oversample 3")
    stop = threading.Event()

    def busy():
        while not stop.is_set():
            nanobragg.simulate(SCENE)

    thread = threading.Thread(target=busy)
    thread.start()
    try:
        context = multiprocessing.get_context("fork")
        for _ in range(10):
            queue = context.Queue()
            process = context.Process(target=_in_child, args=(queue,))
            process.start()
            assert queue.get(timeout=60) == simulation.render().image.tobytes()
            process.join(60)
    finally:
        stop.set()
        thread.join()


def test_traces_of_logs_mappings_and_tables():
    trace = nanobragg.trace((11, 4), SCENE)
    again = nanobragg.Trace.parse(trace.text)
    assert again.text == trace.text.replace("TRACE_SWIFT", "TRACE_SWIFT") and nanobragg.compare(trace, again)
    Path("a.log").write_text("noise before\n" + trace.text)
    assert nanobragg.compare(trace, Path("a.log")) and nanobragg.compare("a.log", trace.text)
    table = {name: trace[name] for name in trace}
    assert nanobragg.compare(trace, table)
    assert trace.unit("rot_a_star_A_inv") == "1/Å" and "polar" in trace and len(trace) > 80
    with pytest.raises(KeyError):
        trace["nothing"]
    changed = {**table, "rot_a_star_A_inv": np.float32(table["rot_a_star_A_inv"])}
    found = nanobragg.compare(trace, changed, tolerance=1e-12)
    assert found.first.name == "rot_a_star_A_inv" and found.findings[0].kind == "single-precision"
    assert not found and "first divergence" in str(found) and "rot_a_star_A_inv" in found._repr_html_()
    for text in ["", "no trace here\n", "TRACE_C: x"]:
        with pytest.raises(nanobragg.Refused):
            nanobragg.Trace.parse(text)
    for tolerance in (0, -1, float("nan"), float("inf"), "a"):
        with pytest.raises(nanobragg.Refused):
            nanobragg.compare(trace, trace, tolerance=tolerance)


def test_objects_show_themselves():
    result = nanobragg.simulate(SCENE)
    assert "30 x 20" in repr(result) and "<img" in result._repr_html_()
    assert "<table>" in result.trace(3, 4)._repr_html_() and "omega_pixel" in str(result.trace(3, 4))


def test_the_table_of_options():
    table = nanobragg.options()
    assert len(table) > 90 and all(option.summary for option in table)
    assert {"-lambda", "-cell", "-hkl"} <= {name for option in table for name in option.names}


def test_functions_of_the_c_library_are_checked():
    assert nanobragg.differing_functions() == [] or all(isinstance(name, str) for name in nanobragg.differing_functions())


def test_what_a_bare_import_costs():
    code = "import time; s = time.perf_counter(); import numpy; n = time.perf_counter(); import nanobragg; print(time.perf_counter() - n)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert float(run.stdout) < 1


def test_random_command_lines():
    hypothesis = pytest.importorskip("hypothesis")
    from nanobragg import strategies

    seen = {"rendered": 0, "refused": 0}

    @hypothesis.settings(max_examples=150, deadline=None, derandomize=True)
    @hypothesis.given(strategies.command_lines())
    def holds(words):
        try:
            simulation = nanobragg.Simulation(words, clock_seed=1)
        except nanobragg.Refused:
            seen["refused"] += 1
            return
        if simulation.camera.steps * 64 > 2_000_000:
            return
        seen["rendered"] += 1
        result = simulation.render()
        slow, fast = (min(place, size - 1) for place, size in zip((3, 4), result.image.shape))
        try:
            trace = result.trace(slow, fast)
        except nanobragg.Refused:
            assert result.image[slow, fast] == 0
            return
        value = np.float32(trace["I_pixel_final"])
        assert result.image[slow, fast] == pytest.approx(value, rel=1e-6, abs=1e-30) or not np.isfinite(value)

    holds()
    assert seen["rendered"] > 60, seen


def test_limits_hold_for_what_a_simulation_makes():
    few = SCENE + " -mosaic_spread 1 -osc 1"
    for options in [dict(mosaic_domains=10**7), dict(phisteps=10**7), dict(hdivsteps=3000, vdivsteps=3000)]:
        with pytest.raises(nanobragg.NotEnoughMemory):
            nanobragg.Simulation(few, memory_limit=10**8, **options)
    for limit in (0, -1, 1.5):
        with pytest.raises((nanobragg.Refused, TypeError)):
            nanobragg.Simulation(SCENE, memory_limit=limit)
    assert nanobragg.Simulation(SCENE, memory_limit=1e9).camera.shape == (30, 20)


def test_weights_that_do_not_count_are_said():
    for weights, mode, warned in [((1, 3), "c-parity", True), ((2, 2), "c-parity", False), ((1, 3), "spec", False)]:
        spectrum = [(1.0, weights[0]), (1.1, weights[1])]
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            nanobragg.Simulation(SCENE, spectrum=spectrum, compat=mode)
        assert bool(caught) == warned, (weights, mode, caught)


def test_what_is_no_quantity_is_refused():
    trace = nanobragg.trace((3, 4), SCENE)
    with pytest.raises(nanobragg.Refused, match="did you mean omega_pixel"):
        nanobragg.compare(trace, {"omega_pixl": 5.0, "polar": trace["polar"]})
    assert nanobragg.compare(trace, {"_mine": 5.0, "polar": trace["polar"]})
    for value in [0.9 + 1e-3j, np.ma.masked_all(1), "a b", [], None]:
        with pytest.raises((TypeError, nanobragg.Refused)):
            nanobragg.compare(trace, {"polar": value})
    Path("TRACE_ref.log").write_text(trace.text)
    assert nanobragg.compare("TRACE_ref.log", trace) and nanobragg.compare(Path("TRACE_ref.log"), trace)
    with pytest.raises(nanobragg.Refused):
        nanobragg.compare("", trace)


def test_what_can_be_sent_to_another_process():
    simulation = nanobragg.Simulation(SCENE, mask=np.eye(30, 20))
    again = pickle.loads(pickle.dumps(simulation))
    assert np.array_equal(again.render().image, simulation.render().image)
    trace = simulation.trace(4, 4)
    assert pickle.loads(pickle.dumps(trace)).text == trace.text and copy.deepcopy(trace).text == trace.text
    with pytest.raises(TypeError, match="image"):
        pickle.dumps(simulation.render())
    assert simulation.camera != simulation.camera and hash(simulation.camera)


def test_files_by_their_ending():
    result = nanobragg.simulate(SCENE)
    for name, kind in [("a.bin", "float"), ("a.img", "integer"), ("a.pgm", "grey")]:
        result.save(name)
        assert Path(name).read_bytes() == result.file(kind)
    with pytest.raises(OSError, match="nowhere/a.img"):
        result.save("nowhere/a.img")


def test_pictures_of_narrow_images():
    from nanobragg._notebook import shades

    for shape in [(3000, 2), (2, 3000), (1, 1), (1030, 1030)]:
        assert min(shades(np.ones(shape, np.float32)).shape) >= 1


def drawn(strategy, count):
    """The first values that Hypothesis draws: the same in every run."""
    import hypothesis

    values = []

    @hypothesis.settings(max_examples=count, deadline=None, derandomize=True, database=None)
    @hypothesis.given(strategy)
    def collect(value):
        values.append(value)

    collect()
    return values


def test_strategies_know_every_domain():
    pytest.importorskip("hypothesis")
    from nanobragg import strategies

    known = {option.names[0]: option for option in nanobragg.options() if strategies.values(option) is not None}
    assert {"-roi", "-misset", "-cell", "-polar"} <= known.keys() and "-mat" not in known
    for name, option in known.items():
        counts = {len(words) for words in drawn(strategies.values(option), 40)}
        if name in ("-cell", "-misset"):
            assert counts == {"-cell": {1, 3, 6}, "-misset": {1, 3}}[name], name
        else:
            assert counts == {len(option.values)}, name
    lines = drawn(strategies.command_lines(only=["-roi"]), 20)
    assert any("-roi" in line for line in lines) and not any(".." in word for line in lines for word in line)
    for name in ["polar", "-bogus", "-mat"]:
        with pytest.raises(ValueError, match=name):
            drawn(strategies.command_lines(only=[name]), 1)
