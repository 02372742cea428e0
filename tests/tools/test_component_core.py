"""tools/component_core.py: the example's sources become its component without wasm-tools, and what does not fit is refused."""
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOL = ROOT / "tools/component_core.py"
KEPT = {language: ROOT / f"sdk/examples/wasm-example/wasm_example_{language}.wasm" for language in ("c", "rust")}
sys.path.insert(0, str(TOOL.parent))
import component_core as tool  # noqa: E402


def core_of(kept):
    return next(contents for kind, contents in tool.sections(kept.read_bytes(), tool.COMPONENT) if kind == tool.CORE_MODULE)


def changed(core, section, old, new):
    """The core with `old` replaced in one of its sections."""
    found = tool.sections(core, tool.MODULE)
    at = next(i for i, (kind, _) in enumerate(found) if kind == section)
    assert old in found[at][1]
    found[at] = (section, found[at][1].replace(old, new, 1))
    return tool.MODULE + tool.written(found)


def exchange(tmp_path, core, kept=KEPT["c"]):
    out = tmp_path / "out.wasm"
    (tmp_path / "core.wasm").write_bytes(core)
    done = subprocess.run([sys.executable, TOOL, kept, tmp_path / "core.wasm", "-o", out], capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1) and out.exists() == (done.returncode == 0), done.stderr
    return done.stderr, out.read_bytes() if out.exists() else None


@pytest.mark.parametrize("language", KEPT)
def test_the_kept_module_gives_the_kept_component_again(tmp_path, language):
    assert exchange(tmp_path, core_of(KEPT[language]), KEPT[language]) == ("", KEPT[language].read_bytes())


def test_what_the_linker_adds_for_the_tools_is_left_out(tmp_path):
    name = b"component-type:wasm-example"
    core = core_of(KEPT["c"]) + tool.written([(tool.CUSTOM, tool.number(len(name)) + name + b"any")])

    assert exchange(tmp_path, core) == ("", KEPT["c"].read_bytes())


def test_another_body_is_in_the_component(tmp_path):
    data = 11
    errors, component = exchange(tmp_path, changed(core_of(KEPT["c"]), data, b"Hello, World!", b"Hello, Venus!"))

    assert errors == ""
    assert component == KEPT["c"].read_bytes().replace(b"Hello, World!", b"Hello, Venus!")


@pytest.mark.parametrize("section, old, new", [(tool.EXPORTS, b"kv-store", b"kv-stare"), (tool.IMPORTS, b"https", b"httpz"),
                                               (tool.IMPORTS, b"[resource-drop]", b"[resource-drip]")])
def test_another_world_is_refused(tmp_path, section, old, new):
    errors, component = exchange(tmp_path, changed(core_of(KEPT["c"]), section, old, new))

    assert component is None and "are not those of the kept component's module" in errors


def test_another_type_of_an_import_is_refused(tmp_path):
    core = core_of(KEPT["c"])
    types = next(contents for kind, contents in tool.sections(core, tool.MODULE) if kind == tool.TYPES)
    i32, i64 = b"\x60\x01\x7f\x00", b"\x60\x01\x7e\x00"
    assert i32 in types
    errors, component = exchange(tmp_path, changed(core, tool.TYPES, i32, i64))

    assert component is None and "are not those of the kept component's module" in errors


def test_what_is_no_module_is_refused_with_a_sentence(tmp_path):
    core = core_of(KEPT["c"])
    for wrong in (b"", core[:4], core[:-1], core[:9], KEPT["c"].read_bytes()):
        errors, component = exchange(tmp_path, wrong)
        assert component is None and errors.count("\n") == 1, errors
