"""aetherd's supervisor, with roles that only prove that they were started right (trial.c)."""
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import time

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / os.environ.get("B", "build")
AETHERD = BUILD / "bin" / "aetherd-trial"
ROLES = ["io", "main", "api", "keys", "egress"]


class Service:
    def __init__(self, state, *words, env=None, dev=True):
        command = [str(AETHERD)] + (["--dev"] if dev else [])
        command += ["--listen", "127.0.0.1:0", "--state", str(state), *words]
        self.err_path = str(state) + ".err"
        with open(self.err_path, "wb") as err:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=err, env=env)
        self.line = self.process.stdout.readline().decode()

    def err(self):
        return pathlib.Path(self.err_path).read_text()

    def wait_for(self, text, count=1, seconds=10):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.err().count(text) >= count:
                return
            time.sleep(0.02)
        raise AssertionError(f"{text!r} did not come:\n{self.err()}")

    def roles(self):
        """name -> pid of the supervisor's children"""
        out = {}
        for entry in pathlib.Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                stat = (entry / "stat").read_text()
                words = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if int(stat.rsplit(")", 1)[1].split()[1]) == self.process.pid and b"--role" in words:
                out[words[words.index(b"--role") + 1].decode()] = int(entry.name)
        return out

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.process.wait(timeout=30)


@pytest.fixture
def state(tmp_path):
    return tmp_path / "state"


@pytest.fixture
def start(state):
    services = []

    def starter(*words, **options):
        services.append(Service(state, *words, **options))
        return services[-1]

    yield starter
    for service in services:
        if service.process.poll() is None:
            service.process.kill()
            service.process.wait()


def gone(pids):
    return not any(os.path.exists(f"/proc/{pid}") for pid in pids)


def test_it_starts_all_roles_links_them_and_says_where_it_listens(start):
    service = start()

    port = int(re.fullmatch(r"ready: 127\.0\.0\.1:(\d+)\n", service.line).group(1))

    assert sorted(service.roles()) == sorted(ROLES)
    assert service.err().count("has what it needs") == 5
    socket.create_connection(("127.0.0.1", port), 5).close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_clean_and_nobody_is_left(start, state, number):
    service = start()
    pids = list(service.roles().values())

    assert service.stop(number) == 0

    assert "stopped\n" in service.err() and "not cleanly" not in service.err()
    assert gone(pids)
    assert (state / "log.jsonl").read_text() == "stopped\n"


@pytest.mark.parametrize("number, line", [(14, "io while stopping: "), (15, "io did not stop in ")])
def test_an_end_that_is_not_clean_is_an_exit_status(start, number, line):
    service = start("--limit", f"apps_max={number}")
    pids = list(service.roles().values())

    assert service.stop() == 5

    assert line in service.err() and "stopped, not cleanly\n" in service.err()
    assert gone(pids)


@pytest.mark.parametrize("role, links", [("api", 2), ("io", 4), ("egress", 2)])
def test_a_replaceable_role_is_started_again_with_new_links(start, role, links):
    service = start()
    before = service.roles()

    os.kill(before[role], signal.SIGKILL)

    service.wait_for("has what it needs", 6)
    service.wait_for("its new link", links)
    assert f"{role} died: killed by signal 9" in service.err()
    assert "LACKS" not in service.err()
    after = service.roles()
    assert after[role] != before[role]
    assert {name: pid for name, pid in after.items() if name != role} == {
        name: pid for name, pid in before.items() if name != role}
    assert service.stop() == 0


@pytest.mark.parametrize("role", ["main", "keys"])
def test_without_main_or_keys_everything_ends_by_name(start, role):
    service = start()
    pids = service.roles()

    os.kill(pids[role], signal.SIGKILL)

    assert service.process.wait(timeout=10) == 3
    assert f"{role} died: killed by signal 9" in service.err()
    assert f"without {role} nothing can go on" in service.err()
    assert gone(pids.values())


def test_a_role_that_dies_again_and_again_ends_everything(start):
    service = start()

    end = time.monotonic() + 60
    while service.process.poll() is None and time.monotonic() < end:
        pid = service.roles().get("api")
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
        time.sleep(0.02)

    assert service.process.wait(timeout=1) == 4
    assert "api died 9 times without a minute of service" in service.err()


def test_roles_do_not_outlive_the_supervisor(start):
    service = start()
    pids = service.roles().values()

    service.process.kill()
    service.process.wait()

    end = time.monotonic() + 5
    while not gone(pids) and time.monotonic() < end:
        time.sleep(0.02)
    assert gone(pids)


def test_a_role_that_can_not_go_on_says_why_and_nothing_starts(start):
    service = start("--limit", "apps_max=11")

    assert service.line == ""
    assert service.process.wait(timeout=10) == 1
    assert "aetherd: keys: the keys are not here" in service.err()


def test_a_role_that_dies_before_it_is_ready_is_named(start):
    service = start("--limit", "apps_max=12")

    assert service.process.wait(timeout=10) == 1
    assert "api died: ended with status 5" in service.err()


def test_main_that_ends_as_asked_stops_all_clean(start):
    service = start("--limit", "apps_max=13")

    assert service.process.wait(timeout=10) == 0
    assert "main was asked to shut down" in service.err()


def test_who_ends_before_main_that_was_asked_to_is_not_started_again(start):
    service = start("--limit", "apps_max=16")

    assert service.process.wait(timeout=10) == 0
    assert service.err().endswith("aetherd: main was asked to shut down\naetherd: stopped\n")
    assert "died" not in service.err() and "started again" not in service.err()


def test_two_on_one_state_are_refused(start):
    start()
    second = start()

    assert second.process.wait(timeout=10) == 1
    assert "another aetherd runs on the state directory" in second.err()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give rights away")
def test_a_state_directory_of_another_user_is_refused(start, state):
    state.mkdir(mode=0o700)
    os.chown(state, 65534, 65534)
    service = start()

    assert service.process.wait(timeout=10) == 1
    assert "belongs to another user: chown it" in service.err()


@pytest.mark.parametrize("name", ["store", "keys", "lock"])
def test_what_is_in_the_state_directory_is_no_link(start, state, tmp_path, name):
    state.mkdir(mode=0o700)
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    (state / name).symlink_to(tmp_path / "elsewhere")
    service = start()

    assert service.process.wait(timeout=10) == 1
    assert name in service.err() and "can not be opened" in service.err()
    assert not any((tmp_path / "elsewhere").iterdir())


def test_systemd_is_told(start, tmp_path):
    path = tmp_path / "notify"
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listener.bind(str(path))
    listener.settimeout(10)
    service = start(env={**os.environ, "NOTIFY_SOCKET": str(path), "WATCHDOG_USEC": "200000"})

    while (lines := listener.recv(4096).decode()) == "WATCHDOG=1":
        pass
    assert "READY=1" in lines and "STATUS=serving on 127.0.0.1:" in lines
    assert listener.recv(4096) == b"WATCHDOG=1"
    assert listener.recv(4096) == b"WATCHDOG=1"
    assert service.stop() == 0
    while b"STOPPING=1" not in (last := listener.recv(4096)):
        assert last == b"WATCHDOG=1"


def test_roles_have_no_environment_and_only_their_descriptors(start):
    service = start(env={**os.environ, "SECRET": "planted"})

    for pid in service.roles().values():
        assert pathlib.Path(f"/proc/{pid}/environ").read_bytes() == b""


@pytest.mark.parametrize("words, sentence", [
    (["--listen", "nowhere"], "is not an IPv4 or IPv6 address"),
    (["--listen", "0.0.0.0:0"], "--dev listens on loopback alone"),
    (["--listen", "127.0.0.1:99999"], "port from 0 to 65535"),
    (["--nonsense"], "--nonsense is not an option"),
    (["--\x1b[2J\u202e\n"], "--\\1b[2J\\u{202e}\\0a is not an option"),
    (["--tpm"], "--tpm needs a value"),
    (["--limit", "fuel=0"], "a number from 1 to"),
    (["--limit", "fuels=1"], "there is no limit \"fuels\""),
    (["--allow-egress", "a b"], "is not HOST[:PORT]"),
    (["--resolve", "a:443"], "HOST:PORT:ADDRESS:PORT"),
    (["--role-program", "cook=/bin/true"], "the roles are io, main, api, keys and egress"),
    (["--config", "/nonexistent"], "/nonexistent can not be read: No such file"),
])
def test_wrong_words_are_one_clear_sentence(start, words, sentence):
    service = start(*words)

    assert service.process.wait(timeout=10) in (1, 2)
    assert sentence in service.err()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give rights away")
@pytest.mark.parametrize("user", ["4294967296", "4294967295", "-1", "18446744073709551616", "noone-of-that-name"])
def test_a_user_that_there_is_not_is_no_other_user(start, user):
    service = start("--user", user)

    assert service.process.wait(timeout=10) in (1, 2)
    assert f'user: there is no user "{user}"' in service.err()


@pytest.mark.parametrize("words, sentence", [
    (["--allow-egress", "a"], "goes with --dev alone"),
    (["--role-program", "api=/bin/true"], "goes with --dev alone"),
    ([], "no TPM is named"),
])
def test_without_dev_more_is_asked_for(start, words, sentence):
    service = start(*words, dev=False)

    assert service.process.wait(timeout=10) == 2
    assert sentence in service.err()


def test_help_and_version_teach():
    text = subprocess.run([AETHERD, "--help"], capture_output=True, text=True, check=True).stdout
    assert "aetherd --dev" in text and "Exit status" in text
    version = subprocess.run([AETHERD, "--version"], capture_output=True, text=True, check=True)
    assert re.fullmatch(r"aetherd \d+\.\d+\.\d+\n", version.stdout)


def test_a_role_by_hand_says_who_starts_it():
    done = subprocess.run([AETHERD, "--role", "api"], capture_output=True, text=True, check=False,
                          stdin=subprocess.DEVNULL)
    assert done.returncode == 2
    assert "roles are started by aetherd itself" in done.stderr



def parts(line):
    """"box: a, b; without: c" -> {a, b}"""
    return set(line.split(";")[0].split(":", 1)[1].replace(" ", "").split(","))


def of(service, name):
    """The lines of the supervisor (name "") or of a role."""
    head = f"aetherd: {name}: " if name else "aetherd: "
    return [line[len(head):] for line in service.err().splitlines() if line.startswith(head)]


def has_of_machine(service):
    return parts(next(line for line in of(service, "") if line.startswith("roles: ")))


def status_of(pid):
    lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    return dict(line.split(":\t", 1) for line in lines if ":\t" in line)


def test_every_role_is_shut_in_as_far_as_the_machine_has_it(start):
    service = start()
    has = has_of_machine(service)
    roles = service.roles()
    own = {kind: os.readlink(f"/proc/self/ns/{kind}") for kind in ("user", "pid", "net", "mnt", "ipc")}

    for name, pid in roles.items():
        status = status_of(pid)
        assert status["NoNewPrivs"] == "1", name
        assert status["Seccomp"] == "2", name
        limits = pathlib.Path(f"/proc/{pid}/limits").read_text()
        assert re.search(r"Max core file size +0 +0 ", limits), name
        if os.geteuid() != 0:
            continue
        for kind, word in (("user", "user-namespace"), ("pid", "pid-namespace"), ("ipc", "ipc-namespace"),
                           ("mnt", "empty-root"), ("net", "net-namespace")):
            is_own = os.readlink(f"/proc/{pid}/ns/{kind}") != own[kind]
            assert is_own == (word in has and (kind, name) != ("net", "io")), (name, kind)
        if name != "main" and "user-namespace" in has:
            assert int(status["CapEff"], 16) == int(status["CapBnd"], 16) == 0, name
        if "empty-root" in has:
            seen = sorted(os.listdir(f"/proc/{pid}/root"))
            assert set(seen) <= {"etc", "proc", "sys", "tmp", "usr"} and "proc" in seen, (name, seen)


@pytest.mark.parametrize("user", [None, "nobody"])
def test_cells_that_main_starts_lose_nothing_of_their_box(start, user):
    if user and os.geteuid() != 0:
        pytest.skip("only root can give rights away")
    aether = BUILD / "bin" / "aether"
    if not aether.exists():
        pytest.skip("aether is not built")
    alone = subprocess.run([aether, "run", "--stats", ROOT / "bench/cell/hello.wasm"], capture_output=True,
                           text=True, check=False).stderr
    service = start(*(["--user", user] if user else []))

    box = next(line for line in of(service, "main") if "box: " in line)
    box = box[box.index("box: "):]

    assert parts(re.search(r"box: .*", alone).group()) - {"cgroup"} <= parts(box)
    assert {"seccomp", "no-new-privs", "rlimits"} <= parts(box)
    if os.access("/sys/fs/cgroup/memory", os.W_OK) and os.geteuid() == 0 and user is None:
        assert "cgroup" in parts(box)
    if "user-namespace" in has_of_machine(service):
        assert {"user-namespace", "net-namespace", "pid-namespace", "empty-root", "ipc-namespace"} <= parts(box)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give rights away")
def test_roles_of_root_have_the_rights_of_the_user_that_is_named(start, state):
    service = start("--user", "nobody")

    if "user-namespace" not in has_of_machine(service):
        pytest.skip("no user namespaces here")
    for pid in service.roles().values():
        assert status_of(pid)["Uid"].split() == ["65534"] * 4
    assert (state / "keys").stat().st_uid == 65534
    assert state.stat().st_uid == 0
    assert "unprivileged-user" in has_of_machine(service)


def test_require_isolation_refuses_where_something_lacks(start):
    service = start("--require-isolation")

    if "without: " in "".join(of(service, "")):
        assert service.process.wait(timeout=10) == 1
        assert "--require-isolation: this machine lacks part of it" in service.err()
    else:
        assert service.line.startswith("ready: ")


POOR = 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"'
NO_RIGHTS = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"]


@pytest.mark.skipif(shutil.which("unshare") is None or shutil.which("setpriv") is None, reason="needs util-linux")
@pytest.mark.parametrize("before, lacks", [([], {"user-namespace", "unprivileged-user"}),
                                           (NO_RIGHTS, {"user-namespace", "pid-namespace", "net-namespace", "empty-root"})])
def test_a_poorer_machine_is_served_with_what_it_has_and_told(tmp_path, before, lacks):
    """No user namespaces; then no rights to make any other, either."""
    poor = ["unshare", "-U", "-r", "sh", "-c", POOR, "sh", *before]
    if subprocess.run([*poor, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("no user namespace to be poor in")
    command = [*poor, AETHERD, "--dev", "--listen", "127.0.0.1:0", "--state", tmp_path / "state"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        line = process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=20)
    assert line.startswith("ready: "), err
    told = re.search(r"roles: .*; without: (.*)", err).group(1)
    assert lacks <= set(told.split(", "))
    assert process.returncode == 0
    refused = subprocess.run([*command, "--require-isolation"], capture_output=True, text=True, timeout=20, check=False)
    assert refused.returncode == 1 and "--require-isolation: this machine lacks part of it" in refused.stderr
