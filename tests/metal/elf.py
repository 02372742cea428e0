"""The little of ELF64 that the harness needs: loadable bytes by physical address, and a null image."""
import struct

PVH_NOTE_NAME = b"Xen\0"
PVH_NOTE_TYPE = 18
LOAD, NOTE = 1, 4
EXECUTABLE = 1


class Elf:
    def __init__(self, path):
        self.data = data = path.read_bytes()
        assert data[:6] == b"\x7fELF\x02\x01", f"{path} is not a little-endian ELF64"
        phoff, = struct.unpack_from("<Q", data, 32)
        phentsize, phnum = struct.unpack_from("<2H", data, 54)
        self.segments = [struct.unpack_from("<IIQQQQQQ", data, phoff + i * phentsize) for i in range(phnum)]

    def physical(self, address, size):
        """The bytes that the loader puts at this physical address."""
        for kind, _, offset, _, paddr, filesz, memsz, _ in self.segments:
            if kind == LOAD and paddr <= address and address + size <= paddr + memsz:
                start = address - paddr
                in_file = self.data[offset + start:offset + min(filesz, start + size)]
                return in_file + bytes(size - len(in_file))
        raise ValueError(f"0x{address:x} is in no segment")

    def scrub_page(self):
        """Where the page of erasing code is: the last of the executable segment (metal/metal.ld)."""
        segment, = [segment for segment in self.segments if segment[0] == LOAD and segment[1] & EXECUTABLE]
        return segment[4] + segment[6] - 4096


def write_null_image(path):
    """An image that ends at once: writes 0x10 to the debug exit port. What RAM holds then is the firmware's own."""
    code = bytes.fromhex("b810000000" "e6f4" "fa" "f4" "ebfd")  # mov eax, 16; out 0xf4, al; cli; hlt; jmp hlt
    base, header = 0x100000, 64 + 2 * 56
    note = struct.pack("<III", 4, 4, PVH_NOTE_TYPE) + PVH_NOTE_NAME + struct.pack("<I", base)
    code_at = header + len(note)
    elf = b"\x7fELF\x02\x01\x01" + bytes(9)
    elf += struct.pack("<HHIQQQIHHHHHH", 2, 62, 1, base, 64, 0, 0, 64, 56, 2, 64, 0, 0)
    elf += struct.pack("<IIQQQQQQ", LOAD, 5, code_at, base, base, len(code), len(code), 1)
    elf += struct.pack("<IIQQQQQQ", NOTE, 4, header, 0, 0, len(note), len(note), 4)
    path.write_bytes(elf + note + code)
