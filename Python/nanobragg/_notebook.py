"""Pictures for notebooks, without a library for plots."""

from __future__ import annotations

import base64
import struct
import zlib

import numpy as np


def png(grey: np.ndarray) -> bytes:
    """A grey picture, uint8 of shape (rows, columns), as a PNG file."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + row.tobytes() for row in np.ascontiguousarray(grey, np.uint8))
    header = struct.pack(">IIBBBBB", grey.shape[1], grey.shape[0], 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def shades(image: np.ndarray, most: int = 1024) -> np.ndarray:
    """An image as shades, dark where there are many photons: the root of the intensity, cut at its 99.5 %.

    A large image is reduced to the largest pixels of its blocks, so that spots stay.
    """
    step = -(-max(image.shape) // most)
    steps = [min(step, size) for size in image.shape]
    if step > 1:
        slow, fast = (size // part * part for size, part in zip(image.shape, steps))
        blocks = image[:slow, :fast].reshape(slow // steps[0], steps[0], fast // steps[1], steps[1])
        image = blocks.max(axis=(1, 3))
    finite = np.where(np.isfinite(image), image, 0)
    top = np.quantile(finite, 0.995) if finite.size else 0
    scaled = np.sqrt(np.clip(finite / (top if top > 0 else 1), 0, 1))
    return (255 - 255 * scaled).astype(np.uint8)


def picture(image: np.ndarray) -> str:
    """An image as an HTML element."""
    grey = shades(image)
    data = base64.b64encode(png(grey)).decode()
    # A small image is enlarged by a whole number, so that its pixels stay squares.
    width = grey.shape[1] * max(1, 256 // max(grey.shape))
    return f'<img alt="simulated image" width="{width}" style="image-rendering:pixelated" src="data:image/png;base64,{data}">'
