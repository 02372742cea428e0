"""Run by CPython in a cell; what it prints is checked by ../programs.py."""
import hashlib
import json
import os
import random
import re
import sys
import time

print("arguments", *sys.argv[1:])
print("variable", os.environ["GREETING"], len(os.environ))
files = {}
for folder, _, names in os.walk("/data"):
    for name in names:
        path = os.path.join(folder, name)
        with open(path, "rb") as file:
            content = file.read()
        files[path] = [len(content), hashlib.sha256(content).hexdigest()[:16]]
print(json.dumps(dict(sorted(files.items()))))
with open("/data/made.txt", "w", encoding="utf-8") as file:
    file.writelines(f"{n} {n * n}\n" for n in range(1000))
os.rename("/data/made.txt", "/data/moved.txt")
print("moved", os.stat("/data/moved.txt").st_size, os.path.exists("/data/made.txt"))
for path in ("/etc/passwd", "/data/../etc/passwd"):
    try:
        with open(path, "rb"):
            print("outside", path)
    except OSError as error:
        print("refused", path, type(error).__name__)
print("integer", pow(3, 1000) % 10**12, sum(n * n for n in range(10000)))
print("words", re.findall(r"\w+", "a cell owns nothing real"))
print("random", len({random.random() for _ in range(100)}), time.time() > 1.7e9)
begin = time.monotonic()
time.sleep(0.02)
print("slept", time.monotonic() - begin >= 0.02)
print("input", sys.stdin.read().upper().split())
print("done", file=sys.stderr)
sys.exit(5)
