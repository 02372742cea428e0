"""Random valid modules by wasm-tools smith, with one feature of WebAssembly 3.0 switched on at a time.

A module is a function of (seed, feature, index): its input bytes are drawn by SHAKE-256. Memories and tables have
maxima, so that growth ends at the type's and not at a cap (semantics.md 5); no imports, so that both engines offer the
same; everything is exported, so that all that is left can be compared. Every other module is made so that it can not trap.
"""
import hashlib
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor


from tests.differential import objects, throws

BASE = {
    "min-imports": 0, "max-imports": 0, "allow-start-export": "false", "export-everything": "true",
    "min-funcs": 3, "max-funcs": 12, "max-instructions": 120, "min-types": 3, "max-types": 20,
    "min-memories": 1, "max-memories": 1, "max-memory32-bytes": 1 << 20, "max-memory64-bytes": 1 << 20,
    "memory-max-size-required": "true", "table-max-size-required": "true", "max-table-elements": 1000,
    "min-tables": 1, "max-tables": 4, "min-globals": 2, "max-globals": 12, "max-type-size": 1000,
    "generate-custom-sections": "false", "bulk-memory-enabled": "true", "reference-types-enabled": "true",
    "multi-value-enabled": "true", "sign-extension-ops-enabled": "true", "saturating-float-to-int-enabled": "true",
    "canonicalize-nans": "false", "simd-enabled": "false", "relaxed-simd-enabled": "false", "gc-enabled": "false",
    "exceptions-enabled": "false", "memory64-enabled": "false", "tail-call-enabled": "false",
    "threads-enabled": "false", "custom-page-sizes-enabled": "false", "wide-arithmetic-enabled": "false",
    "compact-imports-enabled": "false", "extended-const-enabled": "false", "max-tags": 0,
    "custom-descriptors-enabled": "false", "shared-everything-threads-enabled": "false",
    "acquire-release-atomics-enabled": "false", "multibyte-array-access-enabled": "false",
}
GC = {"gc-enabled": "true", "min-types": 8, "max-types": 60, "limit-arrays-in-const-exprs": "true"}
EXCEPTIONS = {"exceptions-enabled": "true", "min-tags": 2, "max-tags": 8}
FEATURES = {
    "base": {},
    "bulk": {"allowed-instructions": "numeric,vector,reference,parametric,variable,table,memory,control",
             "min-data-segments": 4, "min-element-segments": 4, "min-tables": 2},
    "simd": {"simd-enabled": "true"},
    "relaxed-simd": {"simd-enabled": "true", "relaxed-simd-enabled": "true"},
    "tail-call": {"tail-call-enabled": "true", "min-funcs": 6},
    "multi-memory": {"min-memories": 3, "max-memories": 8},
    "memory64": {"memory64-enabled": "true"},
    "extended-const": {"extended-const-enabled": "true", "min-globals": 8},
    "exceptions": EXCEPTIONS,
    "throws": {},  # tests/differential/throws.py makes them
    "gc": GC,
    "references": {**GC, "tail-call-enabled": "true", "min-types": 6, "max-types": 14, "min-funcs": 2, "max-funcs": 20},
    "objects": {},  # tests/differential/objects.py makes them
    "threads": {"threads-enabled": "true"},
    "custom-page-sizes": {"custom-page-sizes-enabled": "true"},
    "all": {**GC, **EXCEPTIONS, "simd-enabled": "true", "relaxed-simd-enabled": "true", "memory64-enabled": "true",
            "tail-call-enabled": "true", "extended-const-enabled": "true", "max-memories": 4, "threads-enabled": "true",
            "custom-page-sizes-enabled": "true", "max-instructions": 400, "max-funcs": 24},
}

OWN = {"throws": throws.module, "objects": objects.module_of}


def arguments(feature):
    settings = {**BASE, **FEATURES[feature]}
    return ["--%s=%s" % item for item in sorted(settings.items())]


def draw(seed, feature, index):
    name = ("%d/%s/%d" % (seed, feature, index)).encode()
    length = 600 + int.from_bytes(hashlib.sha256(name).digest()[:2], "little") % 12000
    return hashlib.shake_256(name).digest(length)


def make(smith, folder, seed, feature, index):
    """The path of a module; None where the generator found none for these bytes."""
    path = os.path.join(folder, "%s-%d-%d.wasm" % (feature, seed, index))
    if feature in OWN:
        with open(path, "wb") as file:
            file.write(OWN[feature](seed, index))
        return path
    command = [smith, "smith", "--ensure-termination", "--fuel=3000", "-o", path] + arguments(feature)
    if index % 2:
        command.append("--disallow-traps=true")
    done = subprocess.run(command, input=draw(seed, feature, index), capture_output=True)
    if done.returncode != 0:
        if b"unexpected argument" in done.stderr or b"invalid value" in done.stderr:
            raise SystemExit("smith: " + done.stderr.decode(errors="replace"))
        return None
    return path


def make_many(smith, folder, seed, feature, indices):
    os.makedirs(folder, exist_ok=True)
    with ThreadPoolExecutor(2) as pool:
        paths = pool.map(lambda index: make(smith, folder, seed, feature, index), indices)
        return [path for path in paths if path is not None]
