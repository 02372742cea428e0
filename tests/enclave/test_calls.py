"""Calls: fuel, deadline, memory, freshness; and that no app, no caller and no dying cell costs another one anything."""
import contextlib
import os
import signal
import threading
import time

import apps
import pytest
import service

FOREVER = 2**62  # fuel that outlasts every deadline here
DEADLINE_MS = 1500
CALLS_PER_APP = 8  # at once, unless the configuration says otherwise


@pytest.fixture(scope="module", name="server")
def a_server(tmp_path_factory):
    with service.Aetherd(tmp_path_factory.mktemp("calls"),
                         options=["--limit", f"call_ms={DEADLINE_MS}", "--limit", "memory_bytes=4194304"]) as running:
        yield running


def u32(number):
    return {"type": "u32", "value": number}


def s32(number):
    return {"type": "s32", "value": number}


def metrics(client, app):
    report = client.outer("Metrics")["MetricsReport"]
    return next(entry for entry in report["wasm_app_metrics"] if entry["name"] == app)


def details(client):
    return client.outer("Status")["StatusReport"][0]["details"]


def wait_for_running(client, count):
    """Until so many calls run, which others began."""
    assert service.wait_until(lambda: int(details(client)["calls_running"]) >= count), details(client)


def children(pid):
    """All processes below it."""
    found, todo = [], [pid]
    parents = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                stat = open(f"/proc/{entry}/stat", encoding="ascii", errors="replace").read()
            except OSError:
                continue
            parents.setdefault(int(stat.rsplit(")", 1)[1].split()[1]), []).append(int(entry))
    while todo:
        below = parents.get(todo.pop(), [])
        found += below
        todo += below
    return found


def name_of(pid):
    try:
        return open(f"/proc/{pid}/comm", encoding="ascii").read().strip()
    except OSError:
        return ""


def cells(server):
    found = []
    for pid in children(server.process.pid):
        try:
            if os.readlink(f"/proc/{pid}/exe").endswith("/aether-cell"):
                found.append(pid)
        except OSError:
            pass  # it has ended
    return found


class Background(threading.Thread):
    """A call on a connection of its own, which it closes."""

    def __init__(self, client, app, function):
        super().__init__(daemon=True)
        self.client, self.words, self.reply = client, (app, function), None
        self.start()

    def run(self):
        try:
            self.reply = self.client.call(*self.words)
        except (OSError, EOFError) as error:
            self.reply = error

    def result(self):
        self.join(20)
        assert not self.is_alive(), f"{self.words} did not come back"
        self.client.close()
        return self.reply


def in_background(server, app, function, count=1):
    """Calls that begin together: connections take their time on a busy machine."""
    clients = [server.connect() for _ in range(count)]
    return [Background(client, app, function) for client in clients]


def test_an_endless_loop_ends_with_exactly_its_fuel(client):
    assert client.load("spin", apps.spin())["status"] == "loaded"

    reply = client.call("spin", "spin")

    assert reply["status"] == "error" and "all fuel consumed" in reply["message"], reply
    function = next(f for f in metrics(client, "spin")["functions"] if f["name"] == "spin")
    assert function["fuel_consumed"] == function["fuel_min"] == function["fuel_max"] == 10_000_000
    assert function["errors"] == 1


def test_an_app_has_the_fuel_that_it_was_loaded_with(client):
    client.load("little", apps.spin(), max_fuel=1234)

    assert "all fuel consumed" in client.call("little", "spin")["message"]

    assert metrics(client, "little")["fuel_consumed_total"] == 1234
    assert client.value("little", "one") == 1


def test_every_call_has_a_fresh_instance(client):
    client.load("counter", apps.counter())

    assert [client.value("counter", "next") for _ in range(20)] == [1] * 20


def test_a_deadline_ends_what_has_fuel_for_ever(client):
    client.load("spin", apps.spin(), max_fuel=FOREVER)
    start = time.monotonic()

    reply = client.call("spin", "spin")

    assert reply["status"] == "error" and "call failed" in reply["message"], reply
    assert DEADLINE_MS / 1000 <= time.monotonic() - start < DEADLINE_MS / 1000 + 3
    assert client.value("spin", "one") == 1


def test_a_deadline_ends_what_waits(client):
    client.load("sleeper", apps.sleeper())
    start = time.monotonic()

    assert client.call("sleeper", "sleep")["status"] == "error"

    assert time.monotonic() - start < DEADLINE_MS / 1000 + 3
    assert client.value("sleeper", "one") == 1


@pytest.mark.parametrize("module, function", [(apps.spin, "spin"), (apps.sleeper, "sleep")])
def test_an_app_that_does_not_come_back_delays_no_other(server, client, module, function):
    client.load("bad", module(), max_fuel=FOREVER)
    client.load("good", apps.counter())
    assert client.value("good", "next") == 1
    busy = in_background(server, "bad", function, 12)
    wait_for_running(client, CALLS_PER_APP)

    running = []
    for _ in range(10):
        assert client.value("good", "next") == 1
        running.append(int(details(client)["calls_running"]))

    # A call that waited for the others would come back when most of them are over.
    assert max(running) >= CALLS_PER_APP, running
    for call in busy:
        assert call.result()["status"] == "error"


def test_memory_ends_at_its_cap(client):
    client.load("grow", apps.grow())

    assert client.call("grow", "grow", s32(1))["returns"] == [{"type": "s32", "value": 1}]
    assert client.call("grow", "grow", s32(63))["returns"] == [{"type": "s32", "value": 1}]
    assert client.call("grow", "grow", s32(64))["returns"] == [{"type": "s32", "value": -1}]
    assert client.call("grow", "grow", s32(65535))["returns"] == [{"type": "s32", "value": -1}]


def test_a_long_result_comes_whole(client):
    client.load("echo", service.EXAMPLES["c"].read_bytes(), max_fuel=FOREVER)
    for length in (100, 20_000, 60_000, 400_000):  # in a packet; in a memory file
        assert client.value("echo", "kv-read", "z" * length) == "error: key not found: " + "z" * length
    assert client.value("echo", "hello") == "Hello, World!"


def test_traps_and_wrong_words_have_texts_of_their_own(client):
    client.load("add", apps.add())

    assert client.call("add", "add", s32(2), s32(40))["returns"] == [{"type": "s32", "value": 42}]
    assert "unreachable" in client.call("add", "trap")["message"]
    assert "call stack exhausted" in client.call("add", "deep")["message"]
    assert client.call("add", "sub")["message"] == "app 'add' has no export 'sub'. Available: [add, deep, trap, wide]"
    assert client.call("none", "add")["message"] == "unknown app: 'none'"
    for params in ([], [s32(1)], [s32(1), "x"], [s32(1), s32(2), s32(3)]):
        assert client.call("add", "add", *params)["message"].startswith("call failed: "), params
    assert client.call("add", "add", s32(2), s32(40))["returns"] == [{"type": "s32", "value": 42}]
    counts = metrics(client, "add")
    assert counts["calls_total"] == 8 and counts["errors_total"] == 6


def test_names_in_errors_are_escaped(client):
    client.load("odd", apps.named("a\u202eb\x1b[31m"))

    assert client.call("no\u202e\n\x1b\"", "f")["message"] == "unknown app: 'no\\u{202e}\\0a\\1b\\22'"
    assert client.call("odd", "\x00\x7fé")["message"] == (
        "app 'odd' has no export '\\00\\7f\\u{e9}'. Available: [a\\u{202e}b\\1b[31m]")
    assert client.call("odd", "\x1b" * 1024)["message"].startswith("app 'odd' has no export '" + "\\1b" * 1024)


def test_unloading_ends_calls_that_run_and_wait(tmp_path):
    options = ["--limit", "call_ms=60000"]  # so that no deadline ends them before
    with service.Aetherd(tmp_path, options=options) as server, server.connect() as client:
        client.load("spin", apps.spin(), max_fuel=FOREVER)
        busy = in_background(server, "spin", "spin", 12)
        wait_for_running(client, CALLS_PER_APP)
        assert service.wait_until(lambda: details(client)["calls_waiting"] == str(len(busy) - CALLS_PER_APP))
        assert service.wait_until(lambda: len(cells(server)) == CALLS_PER_APP)
        start = time.monotonic()

        assert client.data({"wasm_unload": {"name": "spin"}}) == {"status": "unloaded", "name": "spin"}

        assert time.monotonic() - start < 20
        said = [call.result()["message"] for call in busy]
        # Calls that wait have not failed; nor have those whose cell is being made at this moment.
        assert set(said) == {"call failed: the app was unloaded", "the app was unloaded"}, said
        assert said.count("the app was unloaded") >= len(busy) - CALLS_PER_APP, said
        assert client.data({"wasm_list": {}})["apps"] == []
        assert client.load("spin", apps.spin())["status"] == "loaded"
        assert client.value("spin", "one") == 1


def test_loading_and_unloading_under_calls_loses_nothing_else(server, client):
    client.load("counter", apps.counter())
    stop, wrong = threading.Event(), []

    def call():
        with server.connect() as mine:
            while not stop.is_set():
                reply = mine.call("counter", "next")
                if reply.get("returns") != [{"type": "s32", "value": 1}]:
                    wrong.append(reply)

    threads = [threading.Thread(target=call, daemon=True) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(20):
        assert client.load("other", apps.spin())["status"] == "loaded"
        assert client.value("other", "one") == 1
        assert client.data({"wasm_unload": {"name": "other"}})["status"] == "unloaded"
    stop.set()
    for thread in threads:
        thread.join(10)

    assert wrong == []


def test_a_client_that_goes_leaves_no_call_behind(server, client):
    client.load("spin", apps.spin(), max_fuel=FOREVER)
    for _ in range(3):
        gone = server.connect()
        gone.send(b'{"Data":' + str(list(b'{"wasm_call":{"app":"spin","function":"spin"}}')).encode() + b"}")
        gone.close()

    assert service.wait_until(lambda: details(client)["calls_running"] == "0", DEADLINE_MS / 1000 + 3)
    assert client.value("spin", "one") == 1


def test_killed_cells_cost_the_calls_that_run_in_them(server, client):
    client.load("spin", apps.spin(), max_fuel=FOREVER)
    client.load("counter", apps.counter())
    assert client.value("counter", "next") == 1
    (busy,) = in_background(server, "spin", "spin")
    wait_for_running(client, 1)
    alive = cells(server)
    assert len(alive) >= 2, alive  # one that runs, and one of the other app at rest

    for pid in alive:
        os.kill(pid, signal.SIGKILL)

    reply = busy.result()
    assert reply["status"] == "error" and "killed" in reply["message"], reply
    assert client.value("counter", "next") == 1
    assert client.value("spin", "one") == 1


def test_cells_of_several_services_have_groups_of_their_own(tmp_path):
    """Their numbers are the same: each service has a pid namespace of its own."""
    groups = []
    with contextlib.ExitStack() as stack:
        for number in range(3):
            server = stack.enter_context(service.Aetherd(tmp_path / str(number)))
            client = stack.enter_context(server.connect())
            client.load("one", apps.spin())
            assert client.value("one", "one") == 1
            box = next(line for line in server.output.splitlines() if "box:" in line)
            has_group = "cgroup" in box.split("; without")[0]
            (cell,) = cells(server)
            group = open(f"/proc/{cell}/cgroup", encoding="ascii").read()
            assert ("/aether-cell-" in group) == has_group
            groups += [group] if has_group else []
    assert len(set(groups)) == len(groups)


def test_too_many_calls_are_told_so(tmp_path):
    options = ["--limit", "queue_max=4", "--limit", "calls_per_app=1", "--limit", "call_ms=1000"]
    with service.Aetherd(tmp_path, options=options) as server, server.connect() as client:
        client.load("spin", apps.spin(), max_fuel=FOREVER)
        replies = [call.result() for call in in_background(server, "spin", "spin", 12)]
        messages = [reply["message"] for reply in replies]

        assert any("too many calls" in message for message in messages), messages
        assert any("call failed" in message for message in messages), messages
        assert client.value("spin", "one") == 1


def test_cells_at_rest_are_bounded(tmp_path):
    """64 beside the first of each app: IDLE_MOST of node/main/app.c."""
    options = ["--limit", "workers=80", "--limit", "calls_per_app=80"]
    with service.Aetherd(tmp_path, options=options) as server, server.connect() as client:
        client.load("napper", apps.sleeper(2500))
        statuses = [nap.result()["status"] for nap in in_background(server, "napper", "sleep", 80)]
        assert statuses == ["ok"] * 80
        assert 1 < len(cells(server)) <= 65
        client.data({"wasm_unload": {"name": "napper"}})
        assert not cells(server)


def test_no_process_has_memory_that_is_writable_and_executable(server, client):
    client.load("counter", apps.counter())
    assert client.value("counter", "next") == 1
    pids = [server.process.pid, *children(server.process.pid)]
    assert len(pids) >= 7, [name_of(pid) for pid in pids]  # supervisor, five roles, a cell

    for pid in pids:
        try:
            maps = open(f"/proc/{pid}/maps", encoding="ascii", errors="replace").read()
        except ProcessLookupError:
            continue
        except OSError as error:
            pytest.fail(f"{name_of(pid)}: {error}")
        for line in maps.splitlines():
            rights = line.split()[1]
            assert not ("w" in rights and "x" in rights), f"{name_of(pid)}: {line}"


def test_metrics_count_each_function(client):
    client.load("add", apps.add())
    client.load("little", apps.spin(), max_fuel=100)
    for i in range(5):
        client.call("add", "add", s32(i), s32(i))
    client.call("add", "trap")
    client.call("little", "spin")

    counts = {f["name"]: f for f in metrics(client, "add")["functions"]}

    assert counts["add"]["calls"] == 5 and counts["add"]["errors"] == 0
    assert counts["trap"]["calls"] == 1 and counts["trap"]["errors"] == 1
    assert counts["wide"]["calls"] == counts["wide"]["fuel_max"] == 0
    assert 0 < counts["add"]["fuel_min"] == counts["add"]["fuel_max"] == counts["add"]["fuel_consumed"] / 5
    client.load("example", service.EXAMPLES["c"].read_bytes())
    before = client.outer("Metrics")["MetricsReport"]
    client.value("example", "kv-store", "a", "b")
    client.value("example", "kv-read", "a")
    report = client.outer("Metrics")["MetricsReport"]
    for counter in ("secrets_stored_total", "secrets_retrieved_total"):
        assert report[counter] == before[counter] + 1, counter
    assert report["wasm_calls_total"] >= 7 and report["wasm_errors_total"] >= 2
    assert report["connections_total"] > 0 and report["frames_total"] > 0 and report["uptime_seconds"] >= 0


@pytest.mark.parametrize("role", ["api", "io", "egress"])
def test_apps_outlive_a_role_that_dies(tmp_path, role):
    with service.Aetherd(tmp_path, options=["--limit", "call_ms=1500"]) as server:
        with server.connect() as client:
            client.load("counter", apps.counter())
            client.load("spin", apps.spin(), max_fuel=FOREVER)
            (busy,) = in_background(server, "spin", "spin")
            wait_for_running(client, 1)
        os.kill(server.roles()[role], signal.SIGKILL)
        end = time.monotonic() + 10
        while True:
            try:
                with server.connect(timeout=5) as client:
                    assert client.value("counter", "next") == 1
                    assert [app["name"] for app in client.data({"wasm_list": {}})["apps"]] == ["counter", "spin"]
                    assert client.load("another", apps.add())["status"] == "loaded"
                break
            except (OSError, EOFError):
                assert time.monotonic() < end, f"{role} did not come back\n{server.output}"
                time.sleep(0.1)
        busy.join(15)


def test_a_main_that_dies_ends_everything(tmp_path):
    server = service.Aetherd(tmp_path)
    with server.connect() as client:
        client.load("counter", apps.counter())
    pids = children(server.process.pid)
    os.kill(server.roles()["main"], signal.SIGKILL)
    assert server.process.wait(10) == 3, server.output
    assert service.wait_until(lambda: not any(os.path.exists(f"/proc/{pid}") for pid in pids)), "one was left behind"
