"""The loader's verdicts on components beside those of wasm-tools.

  python3 -m tests.verdicts --aether A --wasm-tools W --folder F --count N --seed S [--from FOLDER]... [--texts FOLDER]...

Mutants of the components of seeds/ (and of every valid component of the folders) are judged by both, and half as many
of their texts (and of those in the .wast files of the text folders), as far as wasm-tools can parse them. What differs is
grouped by its sentences and kept in the folder; differences that judged.txt knows are counted apart. Components of
features that we refuse by name, and what is over a limit of ours, count as not compared."""
import argparse
import collections
import concurrent.futures
import fnmatch
import json
import re
import subprocess
from pathlib import Path

from tests.verdicts import mutate, texts

HERE = Path(__file__).resolve().parent
CHUNK = 200
# What we have: WebAssembly 3.0 and two proposals, the component model of WASI 0.2 and attributes of names.
FEATURES = "wasm3,threads,custom-page-sizes,component-model,cm-implements,cm-map,cm-fixed-length-lists"


def normal(sentence):
    pair = re.search(r"name `([^`]*)` conflicts with previous name `([^`]*)`", sentence)
    if pair and pair.group(1).replace("-", "").lower() == pair.group(2).replace("-", "").lower() != pair.group(1).lower():
        return "names that differ in their dashes"
    sentence = re.sub(r"\(at offset 0x[0-9a-f]+\)", "", sentence)
    return re.sub(r"\d+", "N", re.sub(r"[`\"'][^`\"']*[`\"']", "X", sentence)).strip()


def judgements():
    rows = []
    for line in (HERE / "judged.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            rows.append(line.split("\t"))
    return rows


def peer_verdict(tool, path):
    done = subprocess.run([tool, "validate", "--features", FEATURES, str(path)], capture_output=True, text=True,
                          errors="replace", check=False)
    if done.returncode == 0:
        return "valid", ""
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    return "refused", " / ".join(line for line in lines if not line.startswith("Caused by"))


def our_verdicts(tool, paths):
    done = subprocess.run([tool, "validate", "--json", *map(str, paths)], capture_output=True, text=True,
                          errors="replace", check=False)
    if done.returncode not in (0, 1):
        raise SystemExit("verdicts: aether validate ended with %d on the files of %s: %s"
                         % (done.returncode, paths[0].parent, done.stderr[-2000:]))
    return {item["file"]: item for item in json.loads(done.stdout)}


class Campaign:
    def __init__(self, args):
        self.args = args
        self.folder = Path(args.folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.counts = collections.Counter()
        self.groups = collections.defaultdict(list)
        self.known = judgements()

    def seeds(self):
        trees = []
        for text in sorted((HERE / "seeds").glob("*.wat")):
            out = self.folder / (text.stem + ".seed.wasm")
            subprocess.run([self.args.wasm_tools, "parse", str(text), "-o", str(out)], check=True)
            trees.append((out, out.read_bytes()))
        for folder in self.args.sources:
            for path in sorted(Path(folder).rglob("*.wasm")):
                data = path.read_bytes()
                if data.startswith(mutate.HEADER) and len(data) < 200000:
                    trees.append((path, data))
        valid = []
        for at in range(0, len(trees), CHUNK):
            part = trees[at:at + CHUNK]
            verdicts = our_verdicts(self.args.aether, [path for path, _ in part])
            for path, data in part:
                ours = verdicts[str(path)]["verdict"]
                if path.name.endswith(".seed.wasm") and ours != "valid":
                    raise SystemExit("verdicts: %s is a seed and %s: %s" % (path, ours, verdicts[str(path)]["reason"]))
                if ours == "valid":
                    valid.append(mutate.read(data))
        return valid

    def judge(self, ours, peer):
        for mine, other, reason in self.known:
            if fnmatch.fnmatchcase(normal(ours), mine) and fnmatch.fnmatchcase(normal(peer), other):
                return reason
        return None

    def compare(self, path, ours, peer):
        mine, why = ours["verdict"], ours.get("reason", "valid")
        verdict, sentence = peer
        if mine == "no-memory":
            self.counts["different"] += 1
            self.groups[("different", why, sentence, "")].append(path)
        elif mine in ("unsupported", "limit"):
            self.counts["not compared"] += 1
        elif (mine == "valid") == (verdict == "valid"):
            self.counts["both " + verdict] += 1
            path.unlink()
            return
        else:
            reason = self.judge(why, sentence or "valid")
            self.counts["judged" if reason else "different"] += 1
            self.groups[("judged" if reason else "different", normal(why), normal(sentence or "valid"), reason or "")].append(path)
            if not reason:
                return
        path.unlink(missing_ok=True)

    def texts(self):
        paths = sorted((HERE / "seeds").glob("*.wat"))
        for folder in self.args.texts:
            paths += sorted(Path(folder).rglob("*.wast"))
        return [words for path in paths for words in texts.components(path.read_text(errors="replace"))]

    def parse(self, seeds, index):
        """The mutant's path; None when it can not be parsed."""
        path = self.folder / ("text-%d-%d.wasm" % (self.args.seed, index))
        done = subprocess.run([self.args.wasm_tools, "parse", "-", "-o", str(path)], capture_output=True, check=False,
                              input=texts.mutant(seeds, self.args.seed, index).encode())
        return path if done.returncode == 0 else None

    def binary(self, seeds, index):
        path = self.folder / ("%d-%d.wasm" % (self.args.seed, index))
        path.write_bytes(mutate.mutant(seeds, self.args.seed, index))
        return path

    def compare_all(self, make, seeds, count):
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for start in range(0, count, CHUNK):
                made = pool.map(lambda index: make(seeds, index), range(start, min(start + CHUNK, count)))
                paths = [path for path in made if path is not None]
                ours = our_verdicts(self.args.aether, paths) if paths else {}
                peers = pool.map(lambda path: peer_verdict(self.args.wasm_tools, path), paths)
                for path, peer in zip(paths, peers):
                    self.compare(path, ours[str(path)], peer)

    def run(self):
        seeds, words = self.seeds(), self.texts()
        self.compare_all(self.binary, seeds, self.args.count)
        self.compare_all(self.parse, words, self.args.count // 2)
        return len(seeds), len(words)

    def show(self, seeds):
        for (verdict, ours, peer, reason), paths in sorted(self.groups.items(), key=lambda item: -len(item[1])):
            print("%-9s %5d  ours: %s | wasm-tools: %s%s" % (verdict, len(paths), ours[:110], peer[:150],
                                                            " (%s)" % reason if reason else "  e.g. %s" % paths[0].name))
        print("%d mutants of %d components and of %d texts, seed %d: %s" % (
            sum(self.counts.values()), *seeds, self.args.seed,
            ", ".join("%d %s" % (n, what) for what, n in sorted(self.counts.items()))))


def main():
    parser = argparse.ArgumentParser(prog="python3 -m tests.verdicts")
    parser.add_argument("--aether", required=True)
    parser.add_argument("--wasm-tools", required=True)
    parser.add_argument("--folder", required=True)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--from", dest="sources", action="append", default=[])
    parser.add_argument("--texts", action="append", default=[])
    campaign = Campaign(parser.parse_args())
    campaign.show(campaign.run())
    failed = campaign.counts["different"]
    print("%d passed, %d failed, 0 skipped" % (sum(campaign.counts.values()) - failed, failed))
    raise SystemExit(1 if failed else 0)


if __name__ == "__main__":
    main()
