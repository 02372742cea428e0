"""Guests for tests, as WebAssembly bytes. An assembler of a dozen lines, and the modules the metal tests need."""

I32, I64 = 0x7F, 0x7E
EMPTY_BLOCK = 0x40


def leb(number):
    out = bytearray()
    while True:
        byte, number = number & 0x7F, number >> 7
        done = number == 0 and byte < 0x40 or number == -1 and byte >= 0x40
        out.append(byte if done else byte | 0x80)
        if done:
            return bytes(out)


def uleb(number):
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(out + bytes([number]))


def vector(items):
    return uleb(len(items)) + b"".join(items)


def text(string):
    return uleb(len(string)) + string.encode()


def section(number, content):
    return bytes([number]) + uleb(len(content)) + content


def i32(number):
    return b"\x41" + leb(number)


def i64(number):
    return b"\x42" + leb(number)


def get(index):
    return b"\x20" + uleb(index)


def put(index):
    return b"\x21" + uleb(index)


def module(body, local_types=(), pages=1, imports=(), name="evaluate_limits"):
    """One function () -> i32 with this body, exported; memory of `pages`. imports: [(name, parameters, results)]."""
    types = [bytes([0x60]) + vector([bytes([t]) for t in p]) + vector([bytes([t]) for t in r]) for _, p, r in imports]
    types.append(b"\x60\x00" + vector([bytes([I32])]))
    locals_ = vector([b"\x01" + bytes([t]) for t in local_types])
    code = locals_ + body + b"\x0b"
    return (b"\0asm\x01\0\0\0" + section(1, vector(types))
            + (section(2, vector([text("aether") + text(n) + b"\0" + uleb(i) for i, (n, _, _) in enumerate(imports)]))
               if imports else b"")
            + section(3, vector([uleb(len(imports))])) + section(5, vector([b"\0" + uleb(pages)]))
            + section(7, vector([text(name) + b"\0" + uleb(len(imports)), text("memory") + b"\x02\0"]))
            + section(10, vector([uleb(len(code)) + code])))


def loop_down(counter, inside):
    """Runs `inside` until local `counter` is 0; it is decremented after each turn."""
    return (b"\x03" + bytes([EMPTY_BLOCK]) + inside + get(counter) + i32(1) + b"\x6b" + b"\x22" + uleb(counter)
            + b"\x0d\0" + b"\x0b")


def returns(status):
    return module(i32(status))


def spins(turns, status=3):
    """Takes its time: three loop operators and a handful around them for each turn."""
    return module(i32(turns) + put(0) + loop_down(0, b"") + i32(status), [I32])


# No byte run of the module or of the kernel: the guest makes it by an exclusive or.
PATTERN_HALVES = (0x1122334455667788, 0x6B5A49382716E5D4)
PATTERN = ((PATTERN_HALVES[0] ^ PATTERN_HALVES[1]) & (1 << 64) - 1).to_bytes(8, "little")


def plants_pattern(pages=1):
    """Fills its whole memory with PATTERN, then returns 7."""
    first, second = PATTERN_HALVES
    store = get(0) + i32(1) + b"\x6b" + i32(3) + b"\x74" + i64(first) + i64(second) + b"\x85" + b"\x37\x03\0"
    return module(i32(pages * 65536 // 8) + put(0) + loop_down(0, store) + i32(7), [I32], pages)


def traps():
    return module(b"\x00")


def never_ends():
    return module(b"\x03" + bytes([EMPTY_BLOCK]) + b"\x0c\0" + b"\x0b" + i32(0))


def shreds():
    return module(b"\x10\0" + i32(0), imports=[("shred_self", (), ())])
