"""The binary format: numbers, sections, and the operator table of the MVP and 2.0 without SIMD.

Types are one letter: i i32, I i64, f f32, F f64, r funcref, x externref. A signature is "ii>i".
"""

TYPE_BYTE = {"i": 0x7F, "I": 0x7E, "f": 0x7D, "F": 0x7C, "r": 0x70, "x": 0x6F}
NUMBER = "iIfF"
REFERENCE = "rx"


def u(n):
    """Unsigned LEB128."""
    out = bytearray()
    while True:
        byte = n & 0x7F
        n >>= 7
        if n == 0:
            out.append(byte)
            return bytes(out)
        out.append(byte | 0x80)


def s(n):
    """Signed LEB128."""
    out = bytearray()
    while True:
        byte = n & 0x7F
        n >>= 7
        if (n == 0 and not byte & 0x40) or (n == -1 and byte & 0x40):
            out.append(byte)
            return bytes(out)
        out.append(byte | 0x80)


def vec(items):
    return u(len(items)) + b"".join(items)


def name(text):
    raw = text.encode() if isinstance(text, str) else text
    return u(len(raw)) + raw


def section(number, body):
    return bytes([number]) + u(len(body)) + body


def types(letters):
    return bytes(TYPE_BYTE[t] for t in letters)


def limits(low, high=None):
    return b"\x00" + u(low) if high is None else b"\x01" + u(low) + u(high)


def func_type(sig):
    params, results = sig.split(">")
    return b"\x60" + u(len(params)) + types(params) + u(len(results)) + types(results)


def _range(first, sig, count):
    return [(bytes([first + k]), sig) for k in range(count)]


def _sat(first, sig):
    return [(bytes([0xFC, first]), sig), (bytes([0xFC, first + 1]), sig)]


# Numeric operators that never trap, and those that may.
TOTAL = (
    _range(0x45, "i>i", 1) + _range(0x46, "ii>i", 10) + _range(0x50, "I>i", 1)
    + _range(0x51, "II>i", 10) + _range(0x5B, "ff>i", 6) + _range(0x61, "FF>i", 6)
    + _range(0x67, "i>i", 3) + _range(0x6A, "ii>i", 3) + _range(0x71, "ii>i", 8)
    + _range(0x79, "I>I", 3) + _range(0x7C, "II>I", 3) + _range(0x83, "II>I", 8)
    + _range(0x8B, "f>f", 7) + _range(0x92, "ff>f", 7) + _range(0x99, "F>F", 7)
    + _range(0xA0, "FF>F", 7) + _range(0xA7, "I>i", 1) + _range(0xAC, "i>I", 2)
    + _range(0xB2, "i>f", 2) + _range(0xB4, "I>f", 2) + _range(0xB6, "F>f", 1)
    + _range(0xB7, "i>F", 2) + _range(0xB9, "I>F", 2) + _range(0xBB, "f>F", 1)
    + _range(0xBC, "f>i", 1) + _range(0xBD, "F>I", 1) + _range(0xBE, "i>f", 1)
    + _range(0xBF, "I>F", 1) + _range(0xC0, "i>i", 2) + _range(0xC2, "I>I", 3)
    + _sat(0, "f>i") + _sat(2, "F>i") + _sat(4, "f>I") + _sat(6, "F>I")
)
DIVIDE = _range(0x6D, "ii>i", 4) + _range(0x7F, "II>I", 4)
TRUNCATE = (_range(0xA8, "f>i", 2) + _range(0xAA, "F>i", 2) + _range(0xAE, "f>I", 2)
            + _range(0xB0, "F>I", 2))

# (opcode, value type, log2 of the natural alignment)
LOAD = [(0x28, "i", 2), (0x29, "I", 3), (0x2A, "f", 2), (0x2B, "F", 3), (0x2C, "i", 0),
        (0x2D, "i", 0), (0x2E, "i", 1), (0x2F, "i", 1), (0x30, "I", 0), (0x31, "I", 0),
        (0x32, "I", 1), (0x33, "I", 1), (0x34, "I", 2), (0x35, "I", 2)]
STORE = [(0x36, "i", 2), (0x37, "I", 3), (0x38, "f", 2), (0x39, "F", 3), (0x3A, "i", 0),
         (0x3B, "i", 1), (0x3C, "I", 0), (0x3D, "I", 1), (0x3E, "I", 2)]

I32 = [0, 1, -1, 2, 3, 4, 7, 8, 15, 16, 31, 32, 33, 63, 64, 65, 100, 127, 128, 255, 256, 1000,
       0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFFFFFF, -0x80000000, -0x7FFFFFFF, -2, -128, -129,
       -0x8000, 0x55555555, 0x0F0F0F0F, 0x1234567]
I64 = I32 + [1 << 31, 1 << 32, (1 << 32) - 1, (1 << 63) - 1, -(1 << 63), -(1 << 32), 1 << 53,
             (1 << 53) + 1, 0x123456789ABCDEF, -(1 << 63) + 1]
F32 = [0x00000000, 0x80000000, 0x3F800000, 0xBF800000, 0x00000001, 0x80000001, 0x007FFFFF,
       0x00800000, 0x7F7FFFFF, 0xFF7FFFFF, 0x7F800000, 0xFF800000, 0x7FC00000, 0xFFC00000,
       0x7FA00000, 0x7F800001, 0xFFFFFFFF, 0x3F000000, 0x3FC00000, 0x40200000, 0x4F000000,
       0x4F800000, 0xCF000000, 0x5F000000, 0x5F800000, 0x4EFFFFFF, 0x40490FDB, 0x3DF5C28F]
F64 = [0x0000000000000000, 0x8000000000000000, 0x3FF0000000000000, 0xBFF0000000000000,
       0x0000000000000001, 0x8000000000000001, 0x000FFFFFFFFFFFFF, 0x0010000000000000,
       0x7FEFFFFFFFFFFFFF, 0xFFEFFFFFFFFFFFFF, 0x7FF0000000000000, 0xFFF0000000000000,
       0x7FF8000000000000, 0xFFF8000000000000, 0x7FF4000000000000, 0x7FF0000000000001,
       0xFFFFFFFFFFFFFFFF, 0x3FE0000000000000, 0x3FF8000000000000, 0x41DFFFFFFFC00000,
       0x41E0000000000000, 0x41F0000000000000, 0xC1E0000000200000, 0x43E0000000000000,
       0x43F0000000000000, 0x400921FB54442D18, 0x4340000000000001, 0x36A0000000000000]

# The guest's world: module "aether".
AETHER = {
    "read_atmospheric_pressure": ">f",
    "read_radiation_dosimeter": ">i",
    "commit_telemetry_vector": "ii>",
    "commit_uplink": "ii>",
    "get_status": ">i",
    "emit_signal": "i>",
    "shred_self": ">",
}
