"""Runs one module in wasmtime (PyPI, major 50) and gives its record.py record.

wasmtime burns fuel of its own for instantiation: a start-up function with constant expressions,
passive segments and the call of the start function (measured: 1, 1 a constant operator, 1 a passive
element segment, 2 around the start function). Ours costs nothing (semantics.md 2), so what is
compared is the guest's functions: the start function is made an export here, and called first.

Values cross as bits, never as Python floats, so that NaNs keep theirs. Needs the peers' Python.
"""
import ctypes
import hashlib
import threading

import wasmtime
from wasmtime import _ffi as ffi

from tests.gen.mutate import join, read_u, split
from tests.gen.wasm import AETHER, name, u
from tests.oracle import record

KIND = {ffi.WASMTIME_I32.value: "i", ffi.WASMTIME_I64.value: "I", ffi.WASMTIME_F32.value: "f",
        ffi.WASMTIME_F64.value: "F"}
NUMBER = {"i32": "i", "i64": "I", "f32": "f", "f64": "F"}
CODE = wasmtime.TrapCode
TRAP = {CODE.UNREACHABLE: 1, CODE.INTEGER_DIVISION_BY_ZERO: 2, CODE.INTEGER_OVERFLOW: 3,
        CODE.BAD_CONVERSION_TO_INTEGER: 4, CODE.MEMORY_OUT_OF_BOUNDS: 5, CODE.TABLE_OUT_OF_BOUNDS: 6,
        CODE.BAD_SIGNATURE: 8, CODE.INDIRECT_CALL_TO_NULL: 10, CODE.NULL_REFERENCE: 10,
        CODE.STACK_OVERFLOW: 13, CODE.OUT_OF_FUEL: 14, CODE.HEAP_MISALIGNED: 16,
        CODE.ATOMIC_WAIT_NON_SHARED_MEMORY: 17}
STACK_BYTES = 128 << 20
START = "the start function"


# What this engine does not have yet: a module that uses it is invalid in both.
WITHOUT = ["wide_arithmetic", "stack_switching"]
# What wasmtime has to be asked for.
WITH = ["threads", "multi_memory", "memory64", "custom_page_sizes", "tail_call", "simd", "relaxed_simd",
        "exceptions", "function_references", "gc"]


class Refused(Exception):
    pass


def make_engine():
    config = wasmtime.Config()
    config.consume_fuel = True
    for feature in WITHOUT:
        setattr(config, "wasm_" + feature, False)
    for feature in WITH:
        setattr(config, "wasm_" + feature, True)
    config.shared_memory = True
    config.wasm_relaxed_simd_deterministic = True
    config.max_wasm_stack = 64 << 20
    ffi.wasmtime_config_async_stack_size_set(config.ptr(), 96 << 20)
    ffi.wasmtime_config_cranelift_nan_canonicalization_set(config.ptr(), True)
    ffi.wasmtime_config_memory_reservation_set(config.ptr(), 4 << 20)
    return wasmtime.Engine(config)


def bits_of(value):
    letter = KIND[value.kind]
    width = ctypes.c_uint32 if letter in "if" else ctypes.c_uint64
    return "%x" % ctypes.cast(ctypes.byref(value.of), ctypes.POINTER(width)).contents.value


def value_of(letter, bits):
    value = ffi.wasmtime_val_t()
    value.kind = next(k for k, t in KIND.items() if t == letter)
    width = ctypes.c_uint32 if letter in "if" else ctypes.c_uint64
    ctypes.cast(ctypes.byref(value.of), ctypes.POINTER(width)).contents.value = bits
    return value


def letters_of(types):
    """One letter a type, or None when there is one that is no number."""
    names = [NUMBER.get(str(t)) for t in types]
    return None if None in names else "".join(names)


def expose_start(data):
    """(module, bytes that its code moved by): of a valid module, without a start section, its
    function as last export."""
    parts = split(data)
    start = [body for number, body in parts if number == 8]
    if not start:
        return data, 0
    export = name(START) + b"\x00" + start[0]
    parts = [part for part in parts if part[0] != 8]
    at = next((k for k, part in enumerate(parts) if part[0] == 7), None)
    if at is None:
        at = next(k for k, part in enumerate(parts) if part[0] in (9, 10, 12))
        parts.insert(at, (7, u(1) + export))
    else:
        count, end = read_u(parts[at][1], 0)
        parts[at] = (7, u(count + 1) + parts[at][1][end:] + export)
    out = join(parts)
    return out, len(out) - len(data)


class Run:
    def __init__(self, engine, data):
        self.engine, self.data = engine, data
        self.host = hashlib.sha256()
        self.out = {"load": "ok", "trap": 0, "reason": 0, "func": 0, "off": 0, "fuel": 0,
                    "start": 0, "calls": [], "memory": "", "globals": [], "host": ""}

    def note(self, name, *numbers):
        order = sorted(AETHER).index(name)
        self.host.update(b"".join((n & 0xFFFFFFFF).to_bytes(4, "little")
                                  for n in (order,) + numbers))

    def telemetry(self, caller, address, size):
        address, size = address & 0xFFFFFFFF, size & 0xFFFFFFFF
        memory = caller.get("memory")
        if memory is None:
            raise Refused(record.REFUSED_NO_MEMORY)
        if size > record.TELEMETRY_MAX:
            raise Refused(record.REFUSED_LONG)
        if address + size > memory.data_len(caller):
            raise Refused(record.REFUSED_RANGE)
        self.note("commit_telemetry_vector", address, size)
        self.host.update(bytes(memory.read(caller, address, address + size)))

    def shred(self):
        raise Refused(record.REFUSED_SHRED)

    def answer(self, name, value):
        self.note(name)
        return value

    def functions(self):
        pressure = ctypes.c_float.from_buffer(ctypes.c_uint32(record.PRESSURE_BITS)).value
        return {
            "read_atmospheric_pressure": lambda: self.answer("read_atmospheric_pressure", pressure),
            "read_radiation_dosimeter":
                lambda: self.answer("read_radiation_dosimeter", record.DOSE),
            "get_status": lambda: self.answer("get_status", record.STATUS),
            "commit_telemetry_vector": self.telemetry,
            "commit_uplink": lambda low, high: self.note("commit_uplink", low, high),
            "emit_signal": lambda signal: self.note("emit_signal", signal),
            "shred_self": self.shred,
        }

    def linker(self):
        linker = wasmtime.Linker(self.engine)
        make = {"i": wasmtime.ValType.i32, "f": wasmtime.ValType.f32}
        for name, function in self.functions().items():
            params, results = AETHER[name].split(">")
            kind = wasmtime.FuncType([make[t]() for t in params], [make[t]() for t in results])
            linker.define_func("aether", name, kind, function,
                               access_caller=name == "commit_telemetry_vector")
        return linker

    def burnt(self):
        return record.FUEL - self.store.get_fuel()

    def trapped(self, error):
        if isinstance(error, Refused):
            self.out["trap"], self.out["reason"] = record.HOST_REFUSED, error.args[0]
            return
        self.out["trap"] = TRAP.get(error.trap_code, -1)
        frames = error.frames
        if frames:
            self.out["func"], self.out["off"] = (
                frames[0].func_index, frames[0].module_offset - self.moved)

    def call(self, func, params, results):
        arguments = (ffi.wasmtime_val_t * max(len(params), 1))()
        for k, letter in enumerate(params):
            arguments[k] = value_of(letter, record.argument(letter, k))
        answers = (ffi.wasmtime_val_t * max(len(results), 1))()
        with wasmtime._func.enter_wasm(self.store) as trap:
            error = ffi.wasmtime_func_call(self.store._context(), ctypes.byref(func._func),
                                           arguments, len(params), answers, len(results), trap)
            if error:
                raise wasmtime.WasmtimeError._from_ptr(error)
        return " ".join(bits_of(answers[k]) for k in range(len(results)))

    def call_all(self, module, externs):
        for index, export in enumerate(module.exports):
            if not isinstance(export.type, wasmtime.FuncType) or export.name == START:
                continue
            params, results = letters_of(export.type.params), letters_of(export.type.results)
            if params is None or results is None:
                continue
            values = self.call(externs[index], params, results)
            self.out["calls"].append([index, self.burnt(), values])

    def leftovers(self, module, externs):
        for index, export in enumerate(module.exports):
            extern = externs[index]
            if isinstance(extern, wasmtime.Memory) and not self.out["memory"]:
                data = bytes(extern.read(self.store, 0, extern.data_len(self.store)))
                self.out["memory"] = "%d:%s" % (len(data), hashlib.sha256(data).hexdigest())
            elif isinstance(extern, wasmtime.Global) and str(export.type.content) in NUMBER:
                value = ffi.wasmtime_val_t()
                ffi.wasmtime_global_get(self.store._context(), ctypes.byref(extern._global),
                                        ctypes.byref(value))
                self.out["globals"].append([index, bits_of(value)])

    def go(self):
        try:
            wasmtime.Module.validate(self.engine, self.data)
            data, self.moved = expose_start(self.data)
            module = wasmtime.Module(self.engine, data)
        except wasmtime.WasmtimeError as error:
            self.out["load"] = "invalid"
            self.out["why"] = str(error)
            return self.out
        self.store = wasmtime.Store(self.engine)
        self.store.set_fuel(record.FUEL)  # enough to instantiate
        self.store.set_limits(memory_size=record.MEMORY_BYTES,
                              table_elements=record.TABLE_ELEMENTS)
        try:
            instance = self.linker().instantiate(self.store, module)
            self.store.set_fuel(record.FUEL)
            externs = instance.exports(self.store).by_index
            if module.exports and module.exports[-1].name == START:
                try:
                    self.call(externs[len(module.exports) - 1], "", "")
                finally:
                    self.out["start"] = self.burnt()
            self.call_all(module, externs)
            self.leftovers(module, externs)
        except (wasmtime.Trap, Refused) as error:
            self.trapped(error)
        except wasmtime.WasmtimeError as error:
            text = str(error)
            self.out["load"] = "unlinkable" if "import" in text else "limit"
            self.out["why"] = text
        self.out["fuel"] = self.burnt()
        self.out["host"] = self.host.hexdigest()
        return self.out


def on_big_stack(work):
    """Runs `work()` where deep guest recursion has room."""
    box = []
    threading.stack_size(STACK_BYTES)
    thread = threading.Thread(target=lambda: box.append(work()))
    thread.start()
    thread.join()
    if not box:
        raise RuntimeError("the peer's thread died")
    return box[0]
