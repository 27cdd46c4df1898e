"""A small simulator in NumPy, right unless a fault is asked for; for tests of the assertions.

It knows a parallelepiped crystal of one structure factor, one source, and sub-pixels. It takes the camera from the options, as a
port would take it from a file, and computes everything else by itself.
"""

from __future__ import annotations

import math

import numpy as np

import nanobragg

SCENE = (
    "-cell 61 67 73 90 90 90 -misset 11 -23 37 -default_F 100 -N 3 -lambda 1.1 -distance 90 -pixel 0.2 -detpixels 24 "
    "-Xbeam 2.1 -Ybeam 2.6 -oversample 2 -polar 0.8 -detector_rotx 4 -detector_roty -7"
)
ELECTRON_RADIUS_SQUARED = 7.94079248018965e-30

#: What each fault is, and the kind that the diagnosis must name.
FAULTS = {
    "reciprocal vectors in single precision": "single-precision",
    "wavelength of another constant": "wavelength",
    "distance of the pixel in mm": "units",
    "z of the diffracted ray has the wrong sign": "sign-flip",
    "a* and b* exchanged": "permuted-axes",
    "slow and fast exchanged": "rows-and-columns",
    "no polarization": "polarization",
    "no obliquity": "solid-angle",
    "origin of the detector half a pixel off": "geometry-origin",
    "fluence doubled": "fluence",
    "sum not divided by the steps": "steps",
    "structure factors 1.1 times too large": "structure-factor-scale",
    "diffracted ray not normalized": "normalization",
    "lattice factor the sum of its three": "own-formula",
}


def sinc(x: float, n: int) -> float:
    """sin(πnx) / sin(πx)."""
    return float(n) if math.sin(math.pi * x) == 0 else math.sin(math.pi * n * x) / math.sin(math.pi * x)


class Little:
    """The simulator with one of its faults, or none."""

    def __init__(self, fault: str = "", words: str = SCENE) -> None:
        self.fault = fault
        self.camera = nanobragg.Simulation(words).camera
        self.wavelength = self.camera.wavelength
        if fault == "wavelength of another constant":
            self.wavelength *= 12398.4 / 12398.42
        a, b, c = (vector * 1e10 for vector in self.camera.cell)
        volume = a @ np.cross(b, c)
        self.direct = np.array([a, b, c])
        self.reciprocal = np.array([np.cross(b, c), np.cross(c, a), np.cross(a, b)]) / volume
        if fault == "reciprocal vectors in single precision":
            self.reciprocal = self.reciprocal.astype(np.float32).astype(float)
            self.direct = np.linalg.inv(self.reciprocal).T
        if fault == "a* and b* exchanged":
            self.reciprocal = self.reciprocal[[1, 0, 2]]

    def _ray(self, slow: int, fast: int, sub_slow: int, sub_fast: int) -> tuple[np.ndarray, float, np.ndarray]:
        camera = self.camera
        n = camera.oversample
        size = camera.pixel_size / n
        f, s = size * (fast * n + sub_fast) + size / 2, size * (slow * n + sub_slow) + size / 2
        if self.fault == "slow and fast exchanged":
            f, s = s, f
        origin = camera.origin
        if self.fault == "origin of the detector half a pixel off":
            origin = origin - camera.pixel_size / 2 * (camera.fast_axis + camera.slow_axis)
        position = origin + f * camera.fast_axis + s * camera.slow_axis
        distance = float(np.linalg.norm(position))
        direction = position / distance
        if self.fault == "z of the diffracted ray has the wrong sign":
            direction = direction * [1, 1, -1]
        if self.fault == "diffracted ray not normalized":
            direction = direction * 1.01
        return position, distance, direction

    def _lattice(self, direction: np.ndarray) -> tuple[np.ndarray, np.ndarray, list[float]]:
        q = (direction - self.camera.beam) / self.wavelength
        hkl = self.direct @ (q * 1e-10)
        return q, hkl, [sinc(x, 3) for x in hkl]

    def _product(self, factors: list[float]) -> float:
        return sum(factors) if self.fault == "lattice factor the sum of its three" else math.prod(factors)

    def _polarization(self, direction: np.ndarray) -> float:
        if self.fault == "no polarization":
            return 1.0
        camera = self.camera
        beam = camera.beam
        cosine = direction @ beam
        normal = np.cross(camera.polarization, beam)
        normal /= np.linalg.norm(normal)
        electric = np.cross(beam, normal)
        angle = math.atan2(direction @ normal, direction @ electric)
        sine2 = 1 - cosine**2
        return 0.5 * (1 + cosine**2 - camera.kahn_factor * math.cos(2 * angle) * sine2)

    def trace(self, slow: int, fast: int) -> dict[str, object]:
        """The quantities of a pixel: of its first sub-pixel, and of its sum."""
        camera = self.camera
        position, distance, direction = self._ray(slow, fast, 0, 0)
        q, hkl, factors = self._lattice(direction)
        amplitude = 110.0 if self.fault == "structure factors 1.1 times too large" else 100.0
        obliquity = 1.0 if self.fault == "no obliquity" else camera.close_distance / distance
        omega = camera.pixel_size**2 / distance**2 * obliquity
        polarization = self._polarization(direction)
        total = 0.0
        for sub_slow in range(camera.oversample):
            for sub_fast in range(camera.oversample):
                one = self._lattice(self._ray(slow, fast, sub_slow, sub_fast)[2])[2]
                total += amplitude**2 * self._product(one) ** 2
        steps = 1 if self.fault == "sum not divided by the steps" else camera.steps
        fluence = camera.fluence * (2 if self.fault == "fluence doubled" else 1)
        shown = distance * 1000 if self.fault == "distance of the pixel in mm" else distance
        return {
            "pix0_vector_meters": camera.origin
            - (camera.pixel_size / 2 * (camera.fast_axis + camera.slow_axis) if "half a pixel" in self.fault else 0),
            "fdet_vec": camera.fast_axis,
            "sdet_vec": camera.slow_axis,
            "odet_vec": camera.normal,
            "pixel_pos_meters": position,
            "R_distance_meters": shown,
            "omega_pixel_sr": omega,
            "close_distance_meters": camera.close_distance,
            "obliquity_factor": obliquity,
            "diffracted_vec": direction,
            "incident_vec": camera.beam,
            "lambda_meters": self.wavelength,
            "lambda_angstroms": self.wavelength * 1e10,
            "scattering_vec_A_inv": q,
            "rot_a_star_A_inv": self.reciprocal[0],
            "rot_b_star_A_inv": self.reciprocal[1],
            "rot_c_star_A_inv": self.reciprocal[2],
            "hkl_frac": hkl,
            "F_latt_a": factors[0],
            "F_latt_b": factors[1],
            "F_latt_c": factors[2],
            "F_latt": self._product(factors),
            "F_cell": amplitude,
            "I_before_scaling": total,
            "r_e_sqr": ELECTRON_RADIUS_SQUARED,
            "fluence_photons_per_m2": fluence,
            "steps": camera.steps,
            "capture_fraction": 1.0,
            "polar": polarization,
            "omega_pixel": omega,
            "I_pixel_final": ELECTRON_RADIUS_SQUARED * fluence * total / steps * polarization * omega,
        }

    def image(self) -> np.ndarray:
        """Photons per pixel, float32 of shape (slow, fast)."""
        shape = self.camera.shape
        return np.array(
            [[self.trace(slow, fast)["I_pixel_final"] for fast in range(shape[1])] for slow in range(shape[0])], np.float32
        )
