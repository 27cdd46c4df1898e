"""Builds the wheel of the package: the Python files, the shared library, and the golden cases.

Nothing beside Python and binutils is needed. The same inputs give the same bytes.

    python3 Python/build_wheel.py --library .build/release/libnanobragg-c.so --out dist
"""

from __future__ import annotations

import argparse
import base64
import ctypes
import hashlib
import platform
import re
import subprocess
import tempfile
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
LIBRARY = "libnanobragg-c.so"

METADATA = """\
Metadata-Version: 2.1
Name: nanobragg
Version: {version}
Summary: X-ray diffraction of nanocrystals on an area detector, with the exact numbers of nanoBragg.c; and a pytest plugin
License: {license}
Requires-Python: >=3.9
Requires-Dist: numpy>=1.21
Provides-Extra: test
Requires-Dist: pytest>=7; extra == "test"
Requires-Dist: hypothesis>=6; extra == "test"
Provides-Extra: verify
Requires-Dist: nanobragg-verify=={version}; extra == "verify"
Classifier: Framework :: Pytest
Classifier: Operating System :: POSIX :: Linux
Classifier: Topic :: Scientific/Engineering :: Physics
Description-Content-Type: text/markdown

{description}"""


def stripped(library: Path, folder: Path) -> bytes:
    """The library without the symbols that only a debugger needs."""
    target = folder / LIBRARY
    subprocess.run(["strip", "--strip-unneeded", "-o", target, library], check=True)
    return target.read_bytes()


def platform_tag(library: Path) -> str:
    """The platform tag, by the newest version of the GNU C library that the library needs."""
    text = subprocess.run(["readelf", "--version-info", "--wide", library], check=True, capture_output=True, text=True).stdout
    versions = {tuple(map(int, found.split("."))) for found in re.findall(r"GLIBC_([0-9]+\.[0-9]+)", text)}
    major, minor = max(versions)
    return f"manylinux_{major}_{minor}_{platform.machine()}"


def version_of(library: Path) -> str:
    """The version of the simulator in the library."""
    loaded = ctypes.CDLL(str(library.resolve()))
    loaded.nb_version.restype = ctypes.c_char_p
    return loaded.nb_version().decode()


def contents(library: Path) -> dict[str, bytes]:
    """The files of the wheel beside its records."""
    files: dict[str, bytes] = {}
    for path in sorted((HERE / "nanobragg").rglob("*")):
        if path.is_file() and (path.suffix in (".py", ".pyi") or path.name == "py.typed"):
            files[f"nanobragg/{path.relative_to(HERE / 'nanobragg')}"] = path.read_bytes()
    files["nanobragg_pytest.py"] = (HERE / "nanobragg_pytest.py").read_bytes()
    golden = ROOT / "fixtures" / "golden"
    for folder in ("cases", "inputs"):
        for path in sorted((golden / folder).rglob("*")):
            if path.is_file():
                files[f"nanobragg/golden/{path.relative_to(golden)}"] = path.read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        files[f"nanobragg/{LIBRARY}"] = stripped(library, Path(folder))
    return files


#: Libraries that every Linux of the wheel's age has.
SYSTEM = re.compile(r"/(lib(c|m|gcc_s|stdc\+\+|dl|pthread|rt|z)|ld-linux[^/]*)\.so")


def programs(folder: Path) -> dict[str, bytes]:
    """The programs of the suite with the libraries that they need, but for those of every system."""
    files: dict[str, bytes] = {"nanobragg_verify/__init__.py": (HERE / "nanobragg_verify" / "__init__.py").read_bytes()}
    names = ["nbverify", "nbverify-gate"]
    needed = subprocess.run(["ldd", *(folder / name for name in names)], check=True, capture_output=True, text=True).stdout
    if "not found" in needed:
        raise SystemExit(f"a library is missing: {re.findall('(.*) => not found', needed)}")
    libraries = sorted({Path(path) for path in re.findall(r"=> (/\S+)", needed) if not SYSTEM.search(path)})
    with tempfile.TemporaryDirectory() as temporary:
        for path in [folder / name for name in names] + libraries:
            target = Path(temporary) / path.name
            subprocess.run(["strip", "--strip-unneeded", "-o", target, path], check=True)
            files[f"nanobragg_verify/bin/{path.name}"] = target.read_bytes()
    return files


def build(library: Path, out: Path) -> Path:
    """Writes the wheel of the package, and returns its path."""
    metadata = METADATA.format(
        version=version_of(library), license=license_name(), description=(HERE / "README.md").read_text(encoding="utf-8")
    )
    points = "[pytest11]\nnanobragg = nanobragg_pytest\n"
    return write("nanobragg", version_of(library), platform_tag(library), contents(library), metadata, points, out)


def build_verify(library: Path, out: Path) -> Path:
    """Writes the wheel of the suite's programs, and returns its path."""
    version, folder = version_of(library), library.parent
    metadata = (
        f"Metadata-Version: 2.1\nName: nanobragg-verify\nVersion: {version}\nSummary: nbverify, the suite that judges simulators, for "
        f"nanobragg.verify\nLicense: {license_name()}\nRequires-Python: >=3.9\n"
    )
    tag = max(platform_tag(folder / name) for name in ("nbverify", "nbverify-gate"))
    points = "[console_scripts]\nnbverify = nanobragg_verify:main\n"
    return write("nanobragg_verify", version, tag, programs(folder), metadata, points, out)


def license_name() -> str:
    """The first line of the license."""
    return (ROOT / "LICENSE").read_text(encoding="utf-8").splitlines()[0].strip()


def write(name: str, version: str, platform_name: str, files: dict[str, bytes], metadata: str, points: str, out: Path) -> Path:
    """Writes a wheel of these files, and returns its path."""
    tag, info = f"py3-none-{platform_name}", f"{name}-{version}.dist-info"
    files[f"{info}/METADATA"] = metadata.encode()
    files[f"{info}/WHEEL"] = f"Wheel-Version: 1.0\nGenerator: build_wheel.py\nRoot-Is-Purelib: false\nTag: {tag}\n".encode()
    files[f"{info}/entry_points.txt"] = points.encode()
    files[f"{info}/LICENSE"] = (ROOT / "LICENSE").read_bytes()
    record = "".join(
        f"{path},sha256={base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b'=').decode()},{len(data)}\n"
        for path, data in files.items()
    )
    files[f"{info}/RECORD"] = (record + f"{info}/RECORD,,\n").encode()
    out.mkdir(parents=True, exist_ok=True)
    target = out / f"{name}-{version}-{tag}.whl"
    temporary = target.with_suffix(".unfinished")
    with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as wheel:
        for path, data in files.items():
            entry = zipfile.ZipInfo(path, (2020, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o100755 if path.endswith(".so") or "/bin/" in path else 0o100644) << 16
            wheel.writestr(entry, data)
    temporary.replace(target)
    return target


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--library", type=Path, default=ROOT / ".build" / "release" / LIBRARY)
    parser.add_argument("--out", type=Path, default=ROOT / "dist")
    parser.add_argument("--verify", action="store_true", help="build the wheel of the suite's programs beside the library")
    arguments = parser.parse_args()
    if not arguments.library.is_file():
        raise SystemExit(f"{arguments.library} is missing: build it with swift build -c release --product nanobragg-c")
    path = (build_verify if arguments.verify else build)(arguments.library, arguments.out)
    print(f"{path} ({path.stat().st_size / 1e6:.1f} MB)")


if __name__ == "__main__":
    main()
