"""Loading: what is refused and how, names, keys, and that nothing is half-loaded."""
import hashlib
import json

import apps
import pytest
import service


@pytest.fixture(scope="module", name="server")
def a_server(tmp_path_factory):
    with service.Aetherd(tmp_path_factory.mktemp("loading"), options=["--limit", "call_ms=1000", "--limit", "apps_max=5"]
                         ) as running:
        yield running


def refused(client, name, content, **fields):
    before = client.data({"wasm_list": {}})
    reply = client.load(name, content, **fields)
    assert reply["status"] == "error", reply
    assert client.data({"wasm_list": {}}) == before
    return reply["message"]


def test_an_app_is_listed_as_it_was_loaded(client):
    content = apps.add()

    reply = client.load("my-app", content, hostname="App.Example.com")

    app = reply["app"]
    assert reply["status"] == "loaded"
    assert (app["name"], app["hostname"], app["key_source"]) == ("my-app", "App.Example.com", "generated")
    assert app["code_hash"] == hashlib.sha256(content).hexdigest()
    assert app["exports"] == [{"name": "add", "param_count": 2, "result_count": 1},
                              {"name": "deep", "param_count": 0, "result_count": 0},
                              {"name": "trap", "param_count": 0, "result_count": 0},
                              {"name": "wide", "param_count": 1, "result_count": 1}]
    assert client.data({"wasm_list": {}}) == {"status": "apps", "apps": [app]}


def test_apps_are_listed_by_name_and_counted(client):
    for name in ("b", "a", "c.1"):
        client.load(name, apps.spin())

    assert [app["name"] for app in client.data({"wasm_list": {}})["apps"]] == ["a", "b", "c.1"]
    assert client.outer("Readyz") == {"Readyz": {"status": "ready", "modules": 3}}


@pytest.mark.parametrize("content, text", [
    (b"", "WASM deserialization failed"),
    (b"\0asm", "WASM deserialization failed"),
    (b"hello", "WASM deserialization failed"),
    (b"\x7fELF" + bytes(60), ".wasm"),
    (apps.add()[:-3], "WASM deserialization failed"),
    (apps.nothing(), "no exported functions"),
    (apps.stranger(), "component failed trial instantiation (linker error)"),
    (apps.starter(b"\x00"), "instantiation failed"),
])
def test_what_can_not_be_run_is_refused_in_a_sentence(client, content, text):
    assert text in refused(client, "x", content)


def test_a_start_function_that_never_ends_ends(client):
    assert "instantiation failed" in refused(client, "x", apps.starter(apps.LOOP_FOREVER))
    assert "instantiation failed" in refused(client, "x", apps.starter(apps.LOOP_FOREVER), max_fuel=2**62)


@pytest.mark.parametrize("name", ["", "-a", ".a", "a b", "a/b", "a\n", "é", "a" * 65, "a'"])
def test_names_are_plain(client, name):
    assert "letters, digits" in refused(client, name, apps.spin())


def test_a_name_and_a_hostname_are_one_apps_alone(client):
    client.load("one", apps.spin(), hostname="same.example")

    assert refused(client, "one", apps.add()) == "app 'one' is already loaded"
    assert "hostname" in refused(client, "two", apps.add(), hostname="SAME.example")
    assert "hostname" in refused(client, "same.example", apps.add())
    assert client.load("two", apps.add())["status"] == "loaded"


def test_there_is_a_most_of_apps(client):
    for i in range(5):
        assert client.load(f"app{i}", apps.spin())["status"] == "loaded"

    assert "5 apps" in refused(client, "app5", apps.spin())


def test_a_load_that_would_make_the_list_too_long_is_refused_and_the_list_goes_on(client):
    content = apps.exporter(3000, 245)
    loaded = 0
    while loaded < 5 and (reply := client.load(f"app{loaded}", content))["status"] == "loaded":
        assert len(reply["app"]["exports"]) == 3000
        loaded += 1

    assert 1 < loaded < 5
    assert "wasm_list" in reply["message"] and "frame_max" in reply["message"], reply
    assert [len(app["exports"]) for app in client.data({"wasm_list": {}})["apps"]] == [3000] * loaded
    metrics = client.outer("Metrics")["MetricsReport"]["wasm_app_metrics"]
    assert [len(app["functions"]) for app in metrics] == [3000] * loaded
    client.data({"wasm_unload": {"name": "app0"}})
    assert client.load("another", content)["status"] == "loaded"


def test_more_names_than_a_message_takes_are_refused(client):
    inner = json.dumps({"wasm_load": {"name": "x", "bytes": list(apps.exporter(4096, 256))}}, separators=(",", ":"))
    client.send(json.dumps({"Data": list(inner.encode())}, separators=(",", ":")).encode())

    reply = json.loads(bytes(json.loads(client.receive())["Data"]))

    assert reply["status"] == "error"
    assert "exports" in reply["message"]


def test_a_given_key_is_said_and_its_shape_checked(client):
    reply = client.load("byok", apps.spin(), encryption_key="01" * 32)
    assert reply["app"]["key_source"] == "byok"

    assert "encryption_key" in refused(client, "x", apps.spin(), encryption_key="01" * 31)
    assert "encryption_key" in refused(client, "x", apps.spin(), encryption_key="zz" * 32)


def test_what_is_not_there_can_not_be_unloaded(client):
    assert client.data({"wasm_unload": {"name": "nobody"}}) == {"status": "not_found", "name": "nobody"}
