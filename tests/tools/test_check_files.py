"""tools/check_files.py finds what it is for."""
import subprocess
import sys
from pathlib import Path

import pytest

CHECK = Path(__file__).resolve().parents[2] / "tools/check_files.py"
GOOD = """/* good.c: nothing wrong. */
#ifdef __clang__
#define WORD "a } #if \\" string"
#endif
struct pair {
    int a;
};
static const int table[] = {
#define X(n) n,
    X(1)
#undef X
};
int sum(int a, int b)
{
    /* #if in a comment { */
    return a + b + table[0] + '{';
}
#if 1
int after(void);
#endif
"""


def check(tmp_path, name, text):
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    run = subprocess.run([sys.executable, CHECK, tmp_path], capture_output=True, text=True)
    return run.returncode, run.stdout


def test_a_good_file_passes(tmp_path):
    status, output = check(tmp_path, "core/good.c", GOOD)

    assert status == 0, output


@pytest.mark.parametrize("text,line", [
    ("/* x */\nint f(void)\n{\n#if 1\n    return 1;\n#endif\n}\n", 4),
    ("/* x */\nint f(void)\n{\n    if (1) {\n#  ifdef A\n        g();\n#endif\n    }\n}\n", 5),
    ("/* x */\nint f(int a\n#ifdef B\n      , int b\n#endif\n);\n", 3),
    ("int f(void);\n", 1),
    ("/* x */\n/* TO" + "DO: later */\n", 2),
    ("/* x */\n#define P \"/ho" + "me/somebody/x\"\n", 2),
])
def test_a_broken_rule_is_named_with_its_line(tmp_path, text, line):
    status, output = check(tmp_path, "core/bad.c", text)

    assert status == 1
    assert f"core/bad.c:{line}:" in output


def test_eight_hundred_lines_pass_and_one_more_fails(tmp_path):
    assert check(tmp_path, "core/long.c", "/* x */\n" + "int a;\n" * 799)[0] == 0
    assert check(tmp_path, "core/long.c", "/* x */\n" + "int a;\n" * 800)[0] == 1
