"""The reference definitions of the canonical ABI (definitions.py of WebAssembly/component-model), loaded from a path, and
the guest that the vectors run against: a memory, a realloc that logs, a table of handles."""
import importlib.util
import struct
import sys

PAGE = 65536
PAGES_MAX = 64
# What realloc does besides: module.wat does the same.
ALWAYS_MOVES, SHRINKS_IN_PLACE, TRAPS, MISALIGNS, OUT_OF_BOUNDS = range(5)


def load(path):
    spec = importlib.util.spec_from_file_location("definitions", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["definitions"] = module
    spec.loader.exec_module(module)
    return module


class Guest:
    """A component instance with what a canonical definition gives it."""

    def __init__(self, defs, encoding, fill, heap, mode):
        self.defs = defs
        self.memory = defs.MemInst(bytearray([fill]) * PAGE, "i32")
        self.heap, self.mode, self.log = heap, mode, []
        self.handles = defs.Table()
        self.may_leave = True
        opts = defs.LiftLowerOptions(encoding, self.memory, None)
        guest = self

        class Context(defs.LiftLowerContext):
            def reallocate(self, old, old_len, alignment, new_len):
                return guest.realloc(old, old_len, alignment, new_len)

        self.context = Context(opts, self, None)

    def realloc(self, old, old_len, alignment, new_len):
        data = self.memory.bytes
        if self.mode == TRAPS:
            raise self.defs.Trap()
        if self.mode == SHRINKS_IN_PLACE and old_len != 0 and new_len <= old_len:
            at = old
        else:
            at = (self.heap + alignment - 1) & ~(alignment - 1)
            end = at + new_len
            pages = (end + PAGE - 1) // PAGE
            if pages > PAGES_MAX:
                raise self.defs.Trap()
            if pages * PAGE > len(data):
                data.extend(bytes(pages * PAGE - len(data)))
            self.heap = end
            kept = min(old_len, new_len)
            data[at:at + kept] = data[old:old + kept]
        if self.mode == MISALIGNS:
            at |= 1
        if self.mode == OUT_OF_BOUNDS:
            at = len(data) - new_len + alignment
        at &= 0xFFFFFFFF
        self.log.append((old, old_len, alignment, new_len, at))
        return at

    def log_bytes(self):
        return b"".join(struct.pack("<5I", *entry) for entry in self.log)
