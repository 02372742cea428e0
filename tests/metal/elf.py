"""The little of ELF64 that the harness needs: loadable bytes by physical address, symbols, and a null image."""
import struct

PVH_NOTE_NAME = b"Xen\0"
PVH_NOTE_TYPE = 18
LOAD, NOTE = 1, 4


class Elf:
    def __init__(self, path):
        self.data = data = path.read_bytes()
        assert data[:6] == b"\x7fELF\x02\x01", f"{path} is not a little-endian ELF64"
        phoff, shoff = struct.unpack_from("<QQ", data, 32)
        phentsize, phnum, shentsize, shnum, shstrndx = struct.unpack_from("<5H", data, 54)
        self.segments = [struct.unpack_from("<IIQQQQQQ", data, phoff + i * phentsize) for i in range(phnum)]
        self.sections = [struct.unpack_from("<IIQQQQIIQQ", data, shoff + i * shentsize) for i in range(shnum)]
        names = self.sections[shstrndx][4] if shnum else 0
        self.section_names = [self._string(names + section[0]) for section in self.sections]

    def _string(self, at):
        return self.data[at:self.data.index(b"\0", at)].decode()

    def physical(self, address, size):
        """The bytes that the loader puts at this physical address."""
        for kind, _, offset, _, paddr, filesz, memsz, _ in self.segments:
            if kind == LOAD and paddr <= address and address + size <= paddr + memsz:
                start = address - paddr
                in_file = self.data[offset + start:offset + min(filesz, start + size)]
                return in_file + bytes(size - len(in_file))
        raise ValueError(f"0x{address:x} is in no segment")

    def symbol(self, name):
        """Value of a symbol; KeyError where there is none, or the file is stripped."""
        for section in self.sections:
            if section[1] != 2:  # SHT_SYMTAB
                continue
            strings = self.sections[section[6]][4]
            for at in range(section[4], section[4] + section[5], 24):
                entry = struct.unpack_from("<IBBHQQ", self.data, at)
                if self._string(strings + entry[0]) == name:
                    return entry[4]
        raise KeyError(name)


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
