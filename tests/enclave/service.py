"""The service as tests start it: swtpm and aetherd on free ports, a page on HTTPS, and clients of the wire.

    with service.Swtpm(directory) as tpm, service.Aetherd(directory, tpm=tpm) as aetherd:
        with aetherd.connect() as client:
            assert client.data({"wasm_list": {}}) == {"status": "apps", "apps": []}

Every process that is started here is ended here, by its own pid, and its output is in a file of `directory`. What a
service of ours prints is shown when it does not start or does not stop by itself.
"""
import json
import os
import shutil
import signal
import socket
import ssl
import struct
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / os.environ.get("B", "build")
AETHERD = Path(os.environ.get("AETHERD", BUILD / "bin/aetherd"))
EXAMPLES = {"c": ROOT / "sdk/examples/wasm-example/wasm_example_c.wasm",
            "rust": ROOT / "sdk/examples/wasm-example/wasm_example_rust.wasm"}
SWTPM = shutil.which("swtpm")
START_SECONDS, STOP_SECONDS = 30, 20
CMD_GET_CAPABILITY = struct.pack(">I", 1)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def free_pair():
    """A port whose next one is free, too: swtpm's commands and its control."""
    for _ in range(100):
        port = free_port()
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port + 1))
                return port
            except (OSError, OverflowError):
                continue
    raise RuntimeError("no two free ports in a row")


def wait_until(is_so, seconds=15):
    """Until is_so(); a test's assertion says what is missing when it never is."""
    end = time.monotonic() + seconds
    while not (reached := is_so()) and time.monotonic() < end:
        time.sleep(0.02)
    return reached


def answers(port, seconds, process, question=b""):
    """Whether something listens there, and answers the question if there is one, before the process ends."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), 10) as found:
                found.sendall(question)
                if not question or found.recv(1):
                    return True
        except OSError:
            pass
        time.sleep(0.02)
    return False


class Program:
    """One started program; `with` ends it: SIGTERM, and SIGKILL to its group if that is not enough."""

    def __init__(self, directory, name):
        self.directory, self.name, self.process = Path(directory), name, None
        self.directory.mkdir(parents=True, exist_ok=True)
        self.output_path = self.directory / f"{name}.out"

    def spawn(self, command, **kwargs):
        with open(self.output_path, "ab") as sink:
            self.process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=sink,
                                            stderr=subprocess.STDOUT, start_new_session=True, **kwargs)

    @property
    def output(self):
        return self.output_path.read_text(errors="replace") if self.output_path.exists() else ""

    def stop(self):
        """The exit status; None: it had to be killed."""
        if self.process is None:
            return 0
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            status = None
        self.kill()
        return status

    def kill(self):
        """The whole group, at once: nothing is stopped in order."""
        if self.process is None:
            return
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        self.process = None

    def __enter__(self):
        return self

    def __exit__(self, kind, _error, _trace):
        status = self.stop()
        if kind is None:
            assert status is not None, f"{self.name} did not stop in {STOP_SECONDS} s\n{self.output}"


class Swtpm(Program):
    """A TPM 2.0 in software. Its state stays in the directory, so that it can be started again."""

    def __init__(self, directory):
        super().__init__(directory, "swtpm")
        self.port = free_pair()
        self.start()

    def start(self):
        state = self.directory / "tpm"
        state.mkdir(exist_ok=True)
        self.spawn([SWTPM, "socket", "--tpm2", "--tpmstate", f"dir={state}", "--flags", "not-need-init,startup-clear",
                    "--ctrl", f"type=tcp,port={self.port + 1}", "--server", f"type=tcp,port={self.port}"])
        # Not the port of commands: the first connection to it ends a swtpm without --terminate's care. And that the
        # port of control listens says too little: swtpm listens there before it does so for commands.
        if not answers(self.port + 1, START_SECONDS, self.process, question=CMD_GET_CAPABILITY):
            output = self.output
            self.kill()
            raise RuntimeError(f"swtpm did not start\n{output}")

    @property
    def tcti(self):
        return f"swtpm:host=127.0.0.1,port={self.port}"


class Aetherd(Program):
    """The service. Its state is `directory`/state: a second Aetherd on the same directory finds it again."""

    def __init__(self, directory, tpm=None, dev=True, egress=(), egress_ca=None, resolve=(), options=(), port=None,
                 env=None):
        super().__init__(directory, "aetherd")
        self.port = port or free_port()
        self.state = self.directory / "state"
        self.state.mkdir(mode=0o700, exist_ok=True)
        self.command = [AETHERD, *(["--dev"] if dev else []), "--listen", f"127.0.0.1:{self.port}", "--state", self.state]
        self.command += ["--tpm", tpm.tcti] if tpm else []
        for host in egress:
            self.command += ["--allow-egress", host]
        for mapping in resolve:
            self.command += ["--resolve", mapping]
        self.command += ["--egress-ca", egress_ca] if egress_ca else []
        self.command += options
        self.env = {**os.environ, **(env or {})}
        self.start()

    def start(self):
        begin = len(self.output)
        self.spawn(self.command, env=self.env)
        end = time.monotonic() + START_SECONDS
        while "ready: " not in self.output[begin:]:
            if self.process.poll() is not None or time.monotonic() > end:
                output, status = self.output, self.process.poll()
                self.kill()
                raise RuntimeError(f"aetherd did not start (exit {status})\n{output}")
            time.sleep(0.01)

    def restart(self):
        assert self.stop() is not None, self.output
        self.start()

    @property
    def ca(self):
        """The certificate that leaves lead to, PEM."""
        return self.state / "keys/ca.crt"

    def connect(self, **kwargs):
        return Client(self.port, **kwargs)

    def roles(self):
        """Processes of its roles that live: name -> pid."""
        found = {}
        for entry in Path("/proc").iterdir():
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
                parent = int((entry / "stat").read_text(errors="replace").rsplit(")", 1)[1].split()[1])
            except (OSError, IndexError, ValueError):
                continue  # no process, or none any more
            if parent == self.process.pid and words[1:2] == [b"--role"]:
                found[words[2].decode()] = int(entry.name)
        return found


def frame(payload):
    return struct.pack(">I", len(payload)) + payload


class Client:
    """A client of the wire: frames as they are, nothing verified unless `ca` is given."""

    def __init__(self, port, host="127.0.0.1", sni=None, ca=None, cert=None, key=None, timeout=30):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_REQUIRED if ca else ssl.CERT_NONE
        if ca:
            context.load_verify_locations(str(ca))
        if cert:
            context.load_cert_chain(str(cert), str(key))
        raw = socket.create_connection((host, port), timeout)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = context.wrap_socket(raw, server_hostname=sni)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def send(self, payload):
        self.socket.sendall(frame(payload))

    def read(self, length):
        parts = b""
        while len(parts) < length:
            part = self.socket.recv(length - len(parts))
            if not part:
                raise EOFError("the server closed the connection")
            parts += part
        return parts

    def receive(self):
        """The payload of the next frame."""
        return self.read(struct.unpack(">I", self.read(4))[0])

    def outer(self, request):
        """The reply to an outer request: "Ping" -> "Pong"."""
        self.send(json.dumps(request).encode())
        return json.loads(self.receive())

    def data(self, inner):
        """The inner reply to an inner request."""
        reply = self.outer({"Data": list(json.dumps(inner).encode())})
        assert list(reply) == ["Data"], bytes(reply.get("Error", [])).decode(errors="replace") or reply
        return json.loads(bytes(reply["Data"]))

    def load(self, name, content, **fields):
        return self.data({"wasm_load": {"name": name, "bytes": list(content), **fields}})

    def call(self, app, function, *params, **fields):
        """Strings become tagged strings; anything else is passed on as it is."""
        tagged = [{"type": "string", "value": p} if isinstance(p, str) else p for p in params]
        return self.data({"wasm_call": {"app": app, "function": function, "params": tagged, **fields}})

    def unload_all(self):
        for app in self.data({"wasm_list": {}})["apps"]:
            self.data({"wasm_unload": {"name": app["name"]}})

    def value(self, app, function, *params):
        """The one result of a call that must work."""
        reply = self.call(app, function, *params)
        assert reply["status"] == "ok", reply
        return reply["returns"][0]["value"]
