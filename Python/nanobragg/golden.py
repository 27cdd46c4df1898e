"""Golden cases: what the C program computes."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional, Union

import numpy as np

from ._options import options
from ._trace import Trace


@dataclass(frozen=True, eq=False)
class GoldenCase:
    """A run of the C program: its options, its image, and its traces.

    Attributes:
        id: The name.
        summary: What it shows, in a line.
        words: The options.
        folder: Its files.
    """

    id: str
    summary: str
    words: tuple[str, ...]
    folder: Path
    record: dict

    @property
    def image(self) -> Optional[np.ndarray]:
        """The image of the C program, float32 of shape (slow, fast); None if the case keeps none or a part only."""
        image = self.record.get("image") or {}
        path = self.folder / image.get("file", "")
        if not path.is_file() or image.get("crop"):
            return None
        pixels = np.fromfile(path, "<f4")
        return pixels.reshape(image["slow"], image["fast"]) if pixels.size == image["slow"] * image["fast"] else None

    @property
    def traces(self) -> dict[tuple[int, int], Trace]:
        """The traces of the C program by pixel (slow, fast)."""
        return {
            (item["slow"], item["fast"]): Trace.parse((self.folder / item["file"]).read_bytes(), item["file"])
            for item in self.record.get("traces", [])
        }

    def __str__(self) -> str:
        return self.id


def _resolved(words: list[str], root: Path) -> tuple[str, ...]:
    """The words with the paths of input files, which are relative to the folder of the corpus."""
    roles = {name: option.role for option in options() for name in option.names}
    result = list(words)
    for index in range(1, len(words)):
        if roles.get(words[index - 1]) in ("input", "cache") and (root / "inputs" / Path(words[index]).name).is_file():
            result[index] = str(root / "inputs" / Path(words[index]).name)
    return tuple(result)


def golden_cases(folder: Union[str, os.PathLike, None] = None, *, tag: Optional[str] = None) -> list[GoldenCase]:
    """Golden cases, for ``pytest.mark.parametrize("case", nanobragg.golden_cases(), ids=str)``.

    Args:
        folder: A corpus: the folder that has ``cases``. ``NANOBRAGG_GOLDEN`` by default, else the cases of the package.
        tag: Only cases with the tag.

    Raises:
        FileNotFoundError: If there is no corpus.
    """
    root = Path(folder or os.environ.get("NANOBRAGG_GOLDEN") or Path(__file__).with_name("golden"))
    cases = root / "cases"
    if not cases.is_dir():
        raise FileNotFoundError(f"{cases}: there are no golden cases; give the folder of a corpus, or set NANOBRAGG_GOLDEN")
    found: list[GoldenCase] = []
    for path in sorted(cases.glob("*/case.json")):
        record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if tag is None or tag in record.get("tags", []):
            words = _resolved(record["args"], root)
            found.append(GoldenCase(record["id"], record.get("summary", ""), words, path.parent, record))
    return found
