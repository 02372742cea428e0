"""The corpus of modules: tests/corpus/modules/*.wasm and golden.jsonl, what wasmtime says of each.

  peers/venv/bin/python -m tests.oracle.corpus            writes golden.jsonl anew (make oracle-corpus)

tests/gen/test_corpus.py replays it with our engine in `make test`, without the peer. A module that
two engines once disagreed about goes there under a name that says what it was.
"""
import json
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "corpus/modules"
GOLDEN = FOLDER / "golden.jsonl"


def write():
    from tests.oracle import peer

    def work():
        engine, lines = peer.make_engine(), []
        for path in sorted(FOLDER.glob("*.wasm")):
            got = {"file": path.name, **peer.Run(engine, path.read_bytes()).go()}
            got.pop("why", None)
            lines.append(json.dumps(got, sort_keys=True) + "\n")
        GOLDEN.write_text("".join(lines))
        return len(lines)

    print("corpus: %d records" % peer.on_big_stack(work))
    return 0


def read():
    """{file name: record}."""
    records = [json.loads(line) for line in GOLDEN.read_text().splitlines()]
    return {record["file"]: record for record in records}


if __name__ == "__main__":
    sys.exit(write())
