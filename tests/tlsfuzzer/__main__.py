"""tlsfuzzer's scripts for TLS 1.3 against aetherd, and against openssl s_server beside it.

  python3 -m tests.tlsfuzzer --peers FOLDER [--seed N] [--count N] [--only NAME]...

Each script runs at most `count` of its conversations, the same ones against both. s_server is set up as aetherd is:
TLS 1.3 alone, a key on P-256, no tickets, a client's certificate asked for but not needed. The table has one line for
each script: conversations that went as the script wants, of those that ran. Worse is a conversation that fails with
aetherd and not with s_server: it is tried once more alone, and then makes the campaign fail. judged.txt names those
that differ by choice. All is on loopback.
"""
import argparse
import concurrent.futures
import fnmatch
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/enclave"))
import service  # noqa: E402 (the path comes first)

SCRIPT_SECONDS = 90
# They need a server with something that neither has: tickets, post-quantum or RSA keys, or statistics over hours.
LEFT_OUT = ("count_tickets", "minerva", "dhe_shared_secret_padding", "session_resumption", "psk_*", "keyupdate_from_server",
            "post_handshake_auth", "rsa_signatures", "rsapss_signatures", "mldsa*", "mlkem", "eddsa*", "certificate_compression",
            "client_certificate_compression", "ecdsa_brainpool*")


class Sserver(service.Program):
    """openssl s_server, with a certificate of its own."""

    def __init__(self, directory):
        super().__init__(directory, "s_server")
        self.port = service.free_port()
        key, cert = self.directory / "key.pem", self.directory / "cert.pem"
        make_certificate(key, cert, "localhost")
        self.spawn(["openssl", "s_server", "-accept", f"127.0.0.1:{self.port}", "-key", key, "-cert", cert, "-tls1_3",
                    "-www", "-num_tickets", "0", "-verify", "1", "-groups", "X25519:P-256:P-384", "-quiet"])
        if not service.answers(self.port, service.START_SECONDS, self.process):
            raise SystemExit("tlsfuzzer: s_server did not start\n" + self.output)

    def stop(self):
        super().stop()
        return 0  # a signal ends it


def make_certificate(key, cert, name, kind="ec"):
    new = ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"] if kind == "ec" else ["rsa:2048"]
    subprocess.run(["openssl", "req", "-x509", "-newkey", *new, "-nodes", "-days", "2", "-subj", f"/CN={name}",
                    "-keyout", key, "-out", cert], check=True, capture_output=True)


class Outcome:
    def __init__(self, text, is_over):
        self.is_over, self.text = is_over, text
        totals = dict(re.findall(r"^(TOTAL|SKIP|PASS|XFAIL|FAIL|XPASS): (\d+)$", text, re.M))
        self.total = int(totals.get("TOTAL", 0))
        self.passed = int(totals.get("PASS", 0)) + int(totals.get("XFAIL", 0))
        failed = text.rsplit("\nFAILED:", 1)[1] if "\nFAILED:" in text else ""
        self.failed = set(re.findall(r"^\t'(.*)'$", failed, re.M))
        self.good = set(re.findall(r"^(.*) \.\.\.\nOK", text, re.M))

    def __str__(self):
        return f"{self.passed}/{self.total}" if self.total else "time" if not self.is_over else "none"


class Campaign:
    def __init__(self, args, directory):
        self.args, self.directory = args, Path(directory)
        peers = Path(args.peers).resolve()
        self.apps = peers / "tlsfuzzer/tlsfuzzer/_apps"
        if not self.apps.is_dir():
            raise SystemExit(f"tlsfuzzer: {self.apps} is missing; type: make setup-tlsfuzzer")
        path = [peers / "tlsfuzzer", peers / "tlslite-ng", peers / "tlsfuzzer-python"]
        self.env = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, path)), "PYTHONDONTWRITEBYTECODE": "1"}
        for kind in ("ec", "rsa"):
            make_certificate(self.directory / f"{kind}.key", self.directory / f"{kind}.crt", "client", kind)
        self.judged = [line.split(None, 1)[0:2] for line in (ROOT / "tests/tlsfuzzer/judged.txt").read_text().splitlines()
                       if line and not line.startswith("#")]

    def scripts(self):
        names = sorted(path.stem[len("test_tls13_"):] for path in self.apps.glob("test_tls13_*.py"))
        only = self.args.only
        return [name for name in names if not any(fnmatch.fnmatch(name, left) for left in LEFT_OUT)
                and (not only or name in only)]

    def run(self, name, port, protocol, probes=()):
        source = (self.apps / f"test_tls13_{name}.py").read_text()
        words = ["-h", "127.0.0.1", "-p", str(port)]
        letters = re.search(r'getopt\.getopt\(argv,\s*"([a-zA-Z:]*)"', source).group(1)
        words += ["-n", str(self.args.count)] if "n:" in letters and not probes else []
        if "k:" in letters and "c:" in letters and "certificate" in name:
            kind = "ec" if "ecdsa" in name else "rsa"
            words += ["-k", str(self.directory / f"{kind}.key"), "-c", str(self.directory / f"{kind}.crt")]
        command = [sys.executable, str(ROOT / "tests/tlsfuzzer/script.py"), str(self.args.seed), protocol,
                   f"test_tls13_{name}", *words, *probes]
        try:
            done = subprocess.run(command, env=self.env, capture_output=True, text=True, errors="replace", timeout=SCRIPT_SECONDS)
            return Outcome(done.stdout + done.stderr, True)
        except subprocess.TimeoutExpired as late:
            return Outcome((late.stdout or b"").decode(errors="replace"), False)

    def is_judged(self, name, probe):
        return any(fnmatch.fnmatch(name, script) and fnmatch.fnmatch(probe, pattern) for script, pattern in self.judged)

    def compare(self, name, ours_port, theirs_port):
        """A line of the table, and what is worse."""
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            ours, theirs = pool.map(lambda end: self.run(name, *end), ((ours_port, "frames"), (theirs_port, "http")))
        differing = sorted(ours.failed & theirs.good)
        worse = [probe for probe in differing if not self.is_judged(name, probe)]
        if worse:  # once more, alone: a busy machine is no finding
            again, theirs_again = self.run(name, ours_port, "frames", worse), self.run(name, theirs_port, "http", worse)
            worse = [probe for probe in worse if probe in again.failed & theirs_again.good]
        (self.directory / f"{name}.ours").write_text(ours.text)
        (self.directory / f"{name}.theirs").write_text(theirs.text)
        if (theirs.is_over and not ours.is_over) or (theirs.total and not ours.total):
            worse.append("(the script did not end)")
        elif ours.passed < theirs.passed and not differing:  # some have other names in each run
            worse.append("(fewer passed)")
        return ours, theirs, differing, worse


def main():
    parser = argparse.ArgumentParser(prog="tests.tlsfuzzer")
    parser.add_argument("--peers", required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--keep", help="a folder for what the scripts print")
    args = parser.parse_args()
    better = same = worse_scripts = 0
    with tempfile.TemporaryDirectory() as fresh:
        directory = Path(args.keep or fresh)
        directory.mkdir(parents=True, exist_ok=True)
        campaign = Campaign(args, directory)
        options = ["--limit", "handshake_ms=5000"]  # as long as a script waits
        with Sserver(directory / "s_server") as theirs, service.Aetherd(directory / "aetherd", options=options) as ours:
            print(f"{'script':34} {'aetherd':>10} {'s_server':>10}", flush=True)
            for name in campaign.scripts():
                mine, other, differing, worse = campaign.compare(name, ours.port, theirs.port)
                note = "; ".join(f"worse: {probe}" for probe in worse)
                if not worse and differing:
                    note = f"{len(differing)} failed once, or by choice"
                print(f"{name:34} {str(mine):>10} {str(other):>10}  {note}", flush=True)
                worse_scripts += bool(worse)
                better += not worse and mine.passed > other.passed
                same += not worse and mine.passed <= other.passed
    print(f"seed {args.seed}: {better} scripts better with aetherd, {same} the same, {worse_scripts} worse")
    print(f"{better + same} passed, {worse_scripts} failed, 0 skipped")
    return 1 if worse_scripts else 0


if __name__ == "__main__":
    sys.exit(main())
