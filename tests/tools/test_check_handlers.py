"""tests/tools/check_handlers.sh says what is wrong with a handler, and nothing about a good one."""
import pathlib
import subprocess

SCRIPT = pathlib.Path(__file__).parent / "check_handlers.sh"
GOOD = "void wasm_op_GOOD(long *p); void wasm_op_GOOD(long *p) { *p = 1; __asm__ volatile(\"jmp *%rax\"); __builtin_unreachable(); }"
CALLS = "void f(void); void wasm_op_CALLS(void); void wasm_op_CALLS(void) { f(); __asm__ volatile(\"\"); }"
COLD = "void f(void); void wasm_slow_CALLS(void); void wasm_slow_CALLS(void) { f(); __asm__ volatile(\"\"); }"


def check(tmp_path, *sources):
    for number, source in enumerate(sources):
        (tmp_path / f"{number}.c").write_text(source)
        subprocess.run(["clang-19", "-O2", "-fomit-frame-pointer", "-c", f"{number}.c"], cwd=tmp_path, check=True)
    objects = [f"{number}.o" for number in range(len(sources))]
    return subprocess.run([SCRIPT, *objects], cwd=tmp_path, capture_output=True, text=True)


def test_a_handler_that_only_jumps_passes(tmp_path):
    done = check(tmp_path, GOOD, COLD)
    assert (done.returncode, done.stdout) == (0, "handlers: 1 hot ones, 0 broken rules\n")


def test_a_handler_that_calls_is_named(tmp_path):
    done = check(tmp_path, GOOD, CALLS)
    assert done.returncode == 1
    assert "wasm_op_CALLS" in done.stdout and "wasm_op_GOOD" not in done.stdout


def test_objects_without_handlers_are_a_failure(tmp_path):
    assert check(tmp_path, COLD).returncode == 1
