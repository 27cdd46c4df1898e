"""What is known of a simulation and of its image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Optional

import numpy as np


@dataclass(frozen=True, eq=False)
class Camera:
    """Detector, beam and crystal of a simulation.

    Lengths are in m, angles in radians, vectors (3,) in the laboratory frame; pixels are counted from 0, coordinates on the
    detector from the outer corner of its first pixel.
    """

    shape: tuple[int, int]  #: pixels (slow, fast)
    pixel_size: float
    wavelength: float
    distance: float  #: along the beam
    close_distance: float  #: along the normal
    two_theta: float
    beam_centre: np.ndarray  #: (fast, slow)
    origin: np.ndarray  #: outer corner of the first pixel
    fast_axis: np.ndarray
    slow_axis: np.ndarray
    normal: np.ndarray
    beam: np.ndarray
    polarization: np.ndarray  #: direction of the electric field
    spindle: np.ndarray
    kahn_factor: float
    fluence: float  #: photons/m²
    cell: np.ndarray  #: (3, 3): rows are the direct vectors a, b, c at rest
    is_curved: bool
    is_polarized: bool
    sources: int
    phi_steps: int
    mosaic_domains: int
    oversample: int
    layers: int
    steps: int  #: per pixel

    def positions(self, slow: Any = None, fast: Any = None) -> np.ndarray:
        """The middles of pixels on a flat detector, in m: shape (…, 3), for all pixels (slow, fast, 3) by default.

        Raises:
            ValueError: If the detector is curved.
        """
        if self.is_curved:
            raise ValueError("the pixels of a curved detector do not lie in a plane; trace pixel_pos_meters instead")
        slow = np.arange(self.shape[0])[:, None] if slow is None else np.asarray(slow)
        fast = np.arange(self.shape[1])[None, :] if fast is None else np.asarray(fast)
        f, s = (self.pixel_size * (np.asarray(index) + 0.5) for index in (fast, slow))
        return self.origin + f[..., None] * self.fast_axis + s[..., None] * self.slow_axis


@dataclass(frozen=True)
class Statistics:
    """What the program prints about an image."""

    maximum: float  #: photons per pixel
    maximum_at: Optional[tuple[int, int]]  #: (slow, fast); None if no pixel is above 0
    mean: float
    rms: float
    rmsd: float
    solid_angle: float  #: sr
    not_finite: int  #: pixels that are infinite or not a number
