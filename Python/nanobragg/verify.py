"""The suite's programs from Python: a judgement of a function, and the tables of digits and derivatives.

They run ``nbverify``: the one that the environment variable ``NBVERIFY`` names, that of the package ``nanobragg_verify``, or that on
the path.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any, Callable, Optional, Sequence, Union

import numpy as np

from ._errors import NanoBraggError, Refused
from ._options import words as command_line
from ._trace import Trace
from .testing import _as_image

_HOW = "build it (make build) and name it in NBVERIFY or put it on the path, or install the wheel nanobragg_verify (make wheel-verify)"


def program() -> str:
    """The path of ``nbverify``.

    Raises:
        FileNotFoundError: If there is none.
    """
    given = os.environ.get("NBVERIFY")
    if given:
        if not os.access(given, os.X_OK):
            raise FileNotFoundError(f"{given}, which NBVERIFY names, cannot be run")
        return given
    packaged = _package()
    found = packaged.program() if packaged else shutil.which("nbverify")
    if found is None:
        raise FileNotFoundError(f"nbverify is not here: {_HOW}")
    return found


def _package() -> Any:
    """The package with the programs; None if it is not installed."""
    try:
        import nanobragg_verify
    except ImportError:
        return None
    return nanobragg_verify if os.path.exists(nanobragg_verify.program()) else None


def _run(arguments: Sequence[str], accepted: Sequence[int] = (0,)) -> str:
    """Runs ``nbverify`` and returns its output; an interruption ends it with all that it started."""
    path, packaged = program(), _package()
    environment = packaged.environment() if packaged and path == packaged.program() else None
    process = subprocess.Popen(
        [path, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True, env=environment
    )
    try:
        output, errors = process.communicate()
    except BaseException:
        os.killpg(process.pid, signal.SIGTERM)
        process.communicate()
        raise
    if process.returncode in accepted:
        return output
    text = (errors or output).strip()
    kind = Refused if process.returncode == 2 else NanoBraggError
    raise kind(text.removeprefix("Error: "), status=process.returncode)


@dataclass(frozen=True)
class Derivative:
    """A derivative of a pixel or of a traced number: its value, and the proven radius about it."""

    of: str
    by: str
    value: float
    radius: float
    unit: str


def derivatives(
    pixel: tuple[int, int], *arguments: Any, by: Union[str, Sequence[str]] = "all", of: str = "I", **options: Any
) -> list[Derivative]:
    """The derivatives of a pixel, or of a traced number of it, by what the options give.

    Args:
        pixel: (slow, fast), from 0.
        *arguments: Options, as for `nanobragg.simulate`; inputs from memory are not taken.
        by: Parameters, such as ``distance`` or ``cell.a`` (docs/numbers.md); all by default.
        of: ``I`` for the photons of the pixel, or the name of a traced quantity.

    Raises:
        Refused: If the request cannot be carried out.
    """
    names = [by] if isinstance(by, str) else list(by)
    slow, fast = pixel
    words = command_line(arguments, options)
    text = _run(["derivatives", "--of", of, "--by", *names, "--pixel", str(slow), str(fast), "--json", "--", *words])
    rows = json.loads(text)["derivatives"]
    return [Derivative(row["of"], row["by"], _number(row["value"]), _number(row["radius"]), row["unit"]) for row in rows]


def _number(value: Any) -> float:
    return float("nan") if value is None else float(value)


@dataclass(frozen=True)
class Digits:
    """How many digits rounding leaves of a number.

    Attributes:
        name: The quantity.
        section: The kind of its line in a trace.
        component: The number of the component, from 0.
        digits: The decimal digits that are right.
        double: The number in double precision.
        truth: The exact number, to 30 digits, in words.
        bound: What rounding can do to it, in any evaluation in the same order.
    """

    name: str
    section: str
    component: int
    digits: float
    double: float
    truth: str
    bound: float


def digits(pixel: tuple[int, int], *arguments: Any, precision: str = "double", **options: Any) -> list[Digits]:
    """How many digits of each number of a pixel rounding leaves, by exact arithmetic.

    Args:
        pixel: (slow, fast), from 0.
        *arguments: Options, as for `nanobragg.simulate`; inputs from memory are not taken.
        precision: ``double`` or ``single``.

    Raises:
        Refused: If the request cannot be carried out.
    """
    slow, fast = pixel
    words = command_line(arguments, options)
    text = _run(["digits", "--pixel", str(slow), str(fast), "--precision", precision, "--json", "--", *words])
    return [
        Digits(
            row["name"],
            row["section"],
            row.get("component", 0),
            _number(row.get("digits")),
            _number(row.get("double")),
            str(row.get("truth")),
            _number(row.get("bound")),
        )
        for row in json.loads(text)["quantities"]
    ]


@dataclass(frozen=True)
class JudgedFinding:
    """Something that diverges.

    Attributes:
        text: The cause in words, or what is known of it.
        code: The kind of the cause.
        certainty: How certain it is.
        words: The shortest command line that shows it.
        record: Everything that the verdict says, as in ``verdict.json``.
    """

    text: str
    code: str
    certainty: str
    words: list[str]
    record: dict = field(repr=False)

    def __str__(self) -> str:
        return f"{self.text}\n  shortest: {' '.join(self.words)}"


class Verdict:
    """What a judgement found.

    Attributes:
        findings: What diverges, the most important first.
        record: Everything, as in ``verdict.json``.
        page: The page of the verdict, for a browser.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.page = folder / "verdict.html"
        self.record: dict = json.loads((folder / "verdict.json").read_text(encoding="utf-8"))
        self.findings = [_finding(record) for record in self.record["findings"]]

    @property
    def agrees(self) -> bool:
        """Whether nothing diverges."""
        return not self.findings

    def __bool__(self) -> bool:
        return self.agrees

    def __str__(self) -> str:
        lines = self.record["lines"]
        head = f"{lines['judged']} random lines: {lines['agree']} agree, {lines['differ']} differ"
        return "\n".join(
            [head, *(f"{number}. {finding}" for number, finding in enumerate(self.findings, 1)), f"page: {self.page}"]
        )

    def __repr__(self) -> str:
        return f"<nanobragg.verify.Verdict: {len(self.findings)} findings, {self.page}>"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<li>{escape(finding.text)}<br><code>{escape(' '.join(finding.words))}</code></li>" for finding in self.findings
        )
        return f"<p><b>{'agrees' if self.agrees else 'findings'}</b></p><ol>{rows}</ol>"


def _finding(record: dict) -> JudgedFinding:
    cause = (record.get("causes") or [{}])[0]
    uses = record.get("line", {}).get("uses", [])
    words = [word for use in uses if use.get("name") for word in [use["name"], *use.get("values", [])]]
    return JudgedFinding(cause.get("text", ""), cause.get("code", ""), cause.get("certainty", ""), words, record)


class _Desk:
    """Answers the requests of a judgement by a function of this process (docs/worker.md)."""

    def __init__(self, function: Callable, trace: Optional[Callable], folder: Path) -> None:
        self.function, self.trace = function, trace
        self.path = folder / "socket"
        self.server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.server.bind(str(self.path))
        self.server.listen()
        self.failure: Optional[BaseException] = None
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self.server.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rwb") as stream:
            try:
                stream.write(b'{"version": 1}\n')
                stream.flush()
                for line in stream:
                    stream.write(json.dumps(self._answer(json.loads(line))).encode() + b"\n")
                    stream.flush()
            except (OSError, ValueError):
                return  # the judgement has ended

    def _answer(self, question: dict) -> dict:
        folder = Path(question["folder"])
        words = [
            str(folder / word) if word and "/" not in word and (folder / word).is_file() else word
            for word in question["arguments"]
        ]
        try:
            np.ascontiguousarray(_as_image(self.function(words)), "<f4").tofile(question["image"])
            if self.trace is not None and question.get("trace"):
                return {"trace": Trace.of(self.trace(words, *question["trace"])).text}
            return {}
        except Exception as error:  # noqa: BLE001
            return {"error": f"{type(error).__name__}: {error}"}
        except BaseException as error:  # an interruption of the function is one of the judgement
            self.failure = error
            return {"error": repr(error)}

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.server.shutdown(socket.SHUT_RDWR)
        self.server.close()


def judge(
    function: Callable[[list[str]], Any],
    *,
    trace: Optional[Callable[[list[str], int, int], Any]] = None,
    budget: str = "120s",
    precision: str = "double",
    compatibility: str = "c-parity",
    corpus: Union[bool, str, os.PathLike] = True,
    seed: int = 1,
    lacks: Sequence[str] = (),
    jobs: int = 1,
    name: Optional[str] = None,
    out: Union[str, os.PathLike, None] = None,
) -> Verdict:
    """Points the suite at a function: what diverges, since which quantity, why, and the shortest command line that shows it.

    Args:
        function: Takes the words of a command line, returns the image (slow, fast). An exception is a refusal, but in a plain
            scene, which every candidate must know. It is called in this process, from another thread; from several if
            ``jobs`` is more than 1.
        trace: Takes words, slow and fast, returns the quantities of the pixel as for `nanobragg.compare`.
        budget: A time (``60s``, ``10m``), to which start and shrinking come, or a number of random lines (``1000-cases``).
        precision: ``identical``, ``double`` or ``single``.
        compatibility: ``c-parity`` or ``spec``.
        corpus: Whether golden cases are judged, too; or the folder of a corpus.
        seed: Draws other random lines.
        lacks: Options that the function does not have.
        jobs: How many calls at a time.
        name: The name in reports; that of the function by default.
        out: The folder of the verdict, new or empty; a new one below ``nanobragg-reports`` by default.

    Raises:
        NanoBraggError: If the judgement could not be made.
    """
    target = Path(out) if out is not None else _new_folder()
    # The path of a socket has at most 107 bytes.
    place = tempfile.gettempdir() if len(tempfile.gettempdir()) < 70 else "/tmp"
    with tempfile.TemporaryDirectory(prefix="nanobragg-", dir=place) as temporary:
        desk = _Desk(function, trace, Path(temporary))
        try:
            candidate: dict[str, Any] = {
                "name": name or getattr(function, "__name__", "candidate").replace("<lambda>", "candidate"),
                "worker": True,
                "precision": precision,
                "compatibility": compatibility,
                "lacks": list(lacks),
                "command": [sys.executable, "-I", "-S", str(Path(__file__).with_name("_bridge.py")), str(desk.path)],
            }
            if trace is not None:
                candidate["trace"] = {"words": ["{slow}", "{fast}"], "author": "PY"}
            description = Path(temporary) / "candidate.json"
            description.write_text(json.dumps(candidate), encoding="utf-8")
            arguments = ["judge", "--candidate", str(description), "--budget", budget, "--seed", str(seed), "--jobs", str(jobs)]
            arguments += ["--out", str(target)]
            if corpus is False:
                arguments.append("--no-corpus")
            else:
                folder = Path(__file__).with_name("golden") if corpus is True else Path(corpus)
                folder = folder if folder.is_dir() else Path(os.environ.get("NANOBRAGG_GOLDEN", folder))
                arguments += ["--corpus", str(folder)]
            try:
                _run(arguments, accepted=(0, 1))
            except NanoBraggError:
                if desk.failure is not None:
                    raise desk.failure from None
                raise
        finally:
            desk.close()
        if desk.failure is not None:
            raise desk.failure
    return Verdict(target)


def _new_folder() -> Path:
    root = Path(os.environ.get("NANOBRAGG_REPORTS", "nanobragg-reports"))
    root.mkdir(parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(prefix="verdict-", dir=root))


__all__ = ["Derivative", "Digits", "JudgedFinding", "Verdict", "derivatives", "digits", "judge", "program"]
