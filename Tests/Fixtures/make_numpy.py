"""Makes the files of Tests/Fixtures/numpy: arrays of every type that lstm-train reads, of some that it refuses, and ZIP and gzip files.

Tests only read the files. To make them anew, in a virtual environment outside the project:

    pip install numpy
    python Tests/Fixtures/make_numpy.py

    python Tests/Fixtures/make_numpy.py FOLDER SEED      the same files with other numbers, elsewhere

The stored files were made with Python 3.11.7 and NumPy 2.4.6.

`arrays.npz` has each dtype in each byte order, in C and in Fortran order, with its smallest and largest values; `values.json` has for each name the
shape and the elements in C order, as text. `deflated.npz` has some of them, compressed. `version-N.npy` are of the three versions of the format.
`refused.npz` has arrays that aren't numbers or texts of fixed width. `zeros.deflate` is a piece of deflate of 1 MiB of zeros, which may be repeated.
"""
import gzip
import io
import json
import sys
import warnings
import zipfile
import zlib
from pathlib import Path

import numpy as np

folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "numpy"
folder.mkdir(exist_ok=True)
random = np.random.default_rng(int(sys.argv[2]) if len(sys.argv) > 2 else 20)
warnings.simplefilter("ignore")

SHAPES = {"c": (2, 3, 4), "fortran": (2, 3, 4)}
ODD_SHAPES = {"scalar": (), "empty": (0, 3), "emptyFortran": (3, 0), "row": (1, 24), "column": (24, 1), "matrix": (4, 6)}


def numbers(dtype, shape):
    """Random elements that fill the type's range, with its special ones first."""
    dtype = np.dtype(dtype)
    count = int(np.prod(shape))
    if dtype.kind == "b":
        values = random.integers(0, 2, count)
    elif dtype.kind in "iu":
        limits = np.iinfo(dtype)
        values = random.integers(limits.min, limits.max, count, dtype=dtype.newbyteorder("="), endpoint=True)
        values[:2] = [limits.min, limits.max][:count]
    elif dtype.kind == "f":
        limits = np.finfo(dtype)
        values = random.standard_normal(count).astype(dtype.newbyteorder("="))
        special = [np.nan, np.inf, -np.inf, limits.max, limits.min, limits.smallest_subnormal, limits.tiny, -0.0]
        values[:8] = special[:count]
    else:
        letters = "aZ 0é€𝄞ß" if dtype.kind == "U" else "aZ 0"
        width = dtype.itemsize // (4 if dtype.kind == "U" else 1)
        texts = ["".join(random.choice(list(letters), random.integers(0, width + 1))) for _ in range(count)]
        values = np.array(texts, dtype=dtype.newbyteorder("=")) if count else np.zeros(0, dtype)
    return np.asarray(values).astype(dtype).reshape(shape)


def small(dtype, shape):
    """Integers that every type of floats represents."""
    return random.integers(0, 100, shape).astype(dtype)


def text(value):
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, (bool, np.bool_)):
        return str(int(value))
    return value if isinstance(value, str) else repr(value)


types = [np.dtype(code) for code in ["?", "i1", "u1", "S5"]]
types += [np.dtype(order + code) for code in ["i2", "i4", "i8", "u2", "u4", "u8", "f2", "f4", "f8", "U3"] for order in "<>"]
arrays = {}
for dtype in types:
    order = "Big" if dtype.str[0] == ">" else ""
    for name, shape in SHAPES.items():
        array = numbers(dtype, shape)
        arrays[f"{dtype.name}{order}-{name}"] = np.asfortranarray(array) if name == "fortran" else array
for dtype in ["i4", "i8", "u4", "u8"]:
    arrays[f"{np.dtype(dtype).name}-small"] = small(dtype, (5,))
for name, shape in ODD_SHAPES.items():
    array = numbers("f4", shape)
    arrays[f"float32-{name}"] = np.asfortranarray(array) if name == "emptyFortran" else array
arrays["größe/été"] = numbers("f4", (2,))
# Longer than the reader's pieces in one type, and in Fortran order.
arrays["long"] = np.asfortranarray((np.arange(3 * 50 * 300) % 251).astype(">i2").reshape(3, 50, 300))
arrays["longTexts"] = np.array(["a text of more than fifteen bytes", "", "né"])

np.savez(folder / "arrays.npz", **{name: array for name, array in arrays.items() if name != "long"})
np.savez_compressed(folder / "deflated.npz", **{name: arrays[name] for name in ["float32-c", "int64Big-fortran", "str96-c", "long"]})
np.savez(folder / "few.npz", **{name: arrays[name] for name in ["float32-c", "int16Big-fortran", "bytes40-c"]})
for version in (1, 2, 3):
    with open(folder / f"version-{version}.npy", "wb") as file:
        np.lib.format.write_array(file, arrays["float32-c"], version=(version, 0))
values = {name: {"shape": list(a.shape), "values": [text(v) for v in a.flatten(order="C").tolist()]} for name, a in arrays.items() if name != "long"}
lines = [f"{json.dumps(name)}: {json.dumps(value)}" for name, value in values.items()]
(folder / "values.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")

refused = {
    "objects": np.array([[1, 2], [3]], dtype=object),
    "structured": np.zeros(2, dtype=[("x", "<f4"), ("größe", "<i2")]),
    "subarray": np.zeros(2, dtype=[("x", "<f4", (2,))]),
    "complex64": np.zeros(2, dtype="c8"),
    "datetime64": np.zeros(2, dtype="M8[s]"),
    "longdouble": np.zeros(2, dtype="g"),
    "void": np.zeros(2, dtype="V3"),
}
np.savez(folder / "refused.npz", allow_pickle=True, **refused)

bare = zlib.compressobj(9, zlib.DEFLATED, -15)
(folder / "zeros.deflate").write_bytes(bare.compress(bytes(1 << 20)) + bare.flush(zlib.Z_FULL_FLUSH))


class Unseekable(io.RawIOBase):
    """A pipe's end: sizes can't be put into the headers once they are known, so they follow the contents."""

    def __init__(self):
        self.bytes = b""

    def writable(self):
        return True

    def write(self, piece):
        self.bytes += bytes(piece)
        return len(piece)


streamed = Unseekable()
with zipfile.ZipFile(streamed, "w") as archive:
    for name, method in [("stored", zipfile.ZIP_STORED), ("deflated", zipfile.ZIP_DEFLATED), ("bzip2", zipfile.ZIP_BZIP2), ("lzma", zipfile.ZIP_LZMA)]:
        entry = zipfile.ZipInfo(name)
        entry.compress_type = method
        archive.writestr(entry, b"some text, some text, some text")
    archive.writestr(zipfile.ZipInfo("folder/"), b"")
    archive.comment = b"PK\x05\x06 is no end record in a comment"
(folder / "streamed.zip").write_bytes(streamed.bytes)

with open(folder / "members.gz", "wb") as file:
    for member in [b"first, ", b"", "zwölf, ".encode() * 30, bytes(random.integers(0, 256, 300, dtype="u1"))]:
        with gzip.GzipFile("a name.txt", "wb", fileobj=file, mtime=0) as compressed:
            compressed.write(member)
for path in sorted(folder.iterdir()):
    print(f"{path.name}: {path.stat().st_size} bytes")
