"""Malicious builds in the place of api, egress and io (tests/drill): what each can do and what it can not.

docs/threat-model.md says what a role that is taken over gives an attacker; these tests hold it to that. Each drill shuts
itself in as the real role does, tries, and says what came of it on stderr.
"""
import json
import re
import shutil
import time

import pytest
import service

DRILLS = {role: service.BUILD / "bin" / f"aetherd-drill-{role}" for role in ("api", "egress", "io")}
KILLS = range(1, 11)


class Drill(service.Aetherd):
    """aetherd with one malicious role; `which` as the role's file in tests/drill says."""

    def __init__(self, directory, role, which, **kwargs):
        options = ["--role-program", f"{role}={DRILLS[role]}", "--limit", f"queue_max={which + 1}"]
        self.role, self.which = role, which
        super().__init__(directory, options=options, **kwargs)

    def start(self):
        if (self.role, self.which) == ("io", 0):  # serves nobody: main waits for its store
            self.spawn(self.command, env=self.env)
        else:
            super().start()

    def answers(self):
        """name -> what came of it"""
        return dict(re.findall(r"^drill: ([^:]+): (.*)$", self.output, re.M))

    def wait_for(self, text, seconds=20):
        end = time.monotonic() + seconds
        while text not in self.output:
            assert time.monotonic() < end, f"{text!r} did not come\n{self.output}"
            time.sleep(0.02)
        return self.answers()


def isolation(output):
    return set(re.search(r"roles: ([^;\n]*)", output).group(1).split(", "))


def refused(answer):
    return answer.startswith("refused (")


FILES = ["read /etc/passwd", "list /", "list /proc", "write /tmp", "read the supervisor's memory", "read root's home",
         "open the TPM", "open memory", "climb out", "climb out by a descriptor"]
SELF = ["memory that is code", "memory that becomes code", "become dumpable", "raise the size of cores", "kill another",
        "kill all", "raw socket", "socket of files", "connect a link elsewhere"]


@pytest.mark.parametrize("role", ["api", "egress", "io"])
def test_no_file_process_or_socket_is_within_reach(tmp_path, role):
    """io alone has a network: that is what it is for."""
    with Drill(tmp_path, role, 0) as drill:
        answers = drill.wait_for("kill all: ")
        output = drill.output
        assert "main died" not in output
        drill.kill()
    has = isolation(output)

    for name in SELF:
        assert refused(answers[name]), (role, name, answers[name])
    if "empty-root" in has or "landlock" in has or role == "api":
        for name in FILES:
            assert refused(answers[name]), (role, name, answers[name])
    if role == "io":
        assert answers["socket of IPv4"] == "DONE"
    else:
        assert refused(answers["socket of IPv4"])
        assert refused(answers["read /etc/hosts"])


@pytest.mark.parametrize("role, which", [("api", n) for n in KILLS] + [("egress", 1), ("io", 2)])
def test_programs_processes_and_namespaces_kill_who_asks(tmp_path, role, which):
    with pytest.raises(RuntimeError) as raised:
        Drill(tmp_path, role, which)

    assert f"{role} died: killed by signal 31 (Bad system call)" in str(raised.value)
    assert "drill: what kills: " not in str(raised.value)


def test_api_can_call_and_load_and_nothing_is_half_done(tmp_path):
    with Drill(tmp_path, "api", 0) as drill:
        answers = drill.wait_for("all: over")

        assert answers["list"] == "answered by apps"
        assert answers["call of an app that is not there"].startswith("failed 3")
        assert answers["load of what is no wasm"].startswith("failed 1")
        assert answers["leaf for a key that is none"].startswith("failed")
        assert "died" not in drill.output


@pytest.mark.parametrize("which, name", [(30, "seal"), (31, "unseal"), (32, "sign a receipt"), (33, "read the store"),
                                         (34, "connect out"), (35, "a key of its own")])
def test_api_can_not_ask_keys_the_store_or_the_network(tmp_path, which, name):
    with Drill(tmp_path, "api", which) as drill:
        answers = drill.wait_for("all: over")

        assert answers[name] == "the link was ended" or answers[name].startswith("failed"), answers[name]
        assert "main died" not in drill.output and "keys died" not in drill.output


@pytest.mark.parametrize("role", ["api", "egress"])
@pytest.mark.parametrize("which", range(20, 26))
def test_packets_that_no_honest_role_sends_end_its_link_alone(tmp_path, role, which):
    with Drill(tmp_path, role, which) as drill:
        answers = drill.wait_for("all: over")
        answers.pop("all")

        assert list(answers.values()) == ["the link was ended"], answers
        assert "died" not in drill.output
        if role == "egress":  # the rest goes on
            with drill.connect() as client:
                assert client.outer("Ping") == "Pong"


def test_questions_without_end_hold_up_who_asks(tmp_path):
    with Drill(tmp_path, "api", 26) as drill:
        drill.wait_for("drill: flood: was answered")

        assert "drill: flood: was held up" in drill.output
        assert "died" not in drill.output


def test_egress_reaches_only_hosts_of_the_request(tmp_path):
    with Drill(tmp_path, "egress", 0, egress=["www.lemonde.fr"]) as drill, drill.connect() as client:
        assert client.load("wasm-example", service.EXAMPLES["c"].read_bytes())["status"] == "loaded"

        reply = client.call("wasm-example", "fetch-headlines")

        answers = drill.wait_for("all: over")
        # The first wrong host is refused and ends the fetch; what is asked or said about it later is for nothing.
        assert re.match("failed 2|answered by fetch_cancel", answers["a host that is not granted"]), answers
        for name in ("an address inside", "another port"):
            assert not answers[name].startswith("answered by fetch_connected"), answers
        assert "forged" not in str(reply)
        log = [json.loads(line) for line in (drill.state / "log.jsonl").read_text().splitlines()]
        decided = {(line["host"], line["number"]): line["outcome"] for line in log if line["kind"] == "egress"}
        assert decided["evil.example", 443] == "denied" and "granted" not in decided.values(), decided
        assert client.outer("Ping") == "Pong"
        assert "main died" not in drill.output


def test_egress_can_lie_about_what_a_granted_host_said(tmp_path):
    """It speaks TLS for the app: what it fetched is its to say. The model says so, and so does this."""
    with Drill(tmp_path, "egress", 41, egress=["www.lemonde.fr"]) as drill, drill.connect() as client:
        assert client.load("wasm-example", service.EXAMPLES["c"].read_bytes())["status"] == "loaded"

        assert "forged" in str(client.call("wasm-example", "fetch-headlines"))


def test_egress_gets_nothing_for_fetches_that_are_none(tmp_path):
    with Drill(tmp_path, "egress", 40, egress=["www.lemonde.fr"]) as drill:
        answers = drill.wait_for("all: over")

        assert not answers["a host for no fetch"].startswith("answered"), answers
        with drill.connect() as client:
            assert client.outer("Ping") == "Pong"


KEY = "5a" * 32


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """A state with one value of an app under a key that the client brings."""
    directory = tmp_path_factory.mktemp("honest")
    with service.Aetherd(directory) as honest, honest.connect() as client:
        assert client.load("wasm-example", service.EXAMPLES["c"].read_bytes(), encryption_key=KEY)["status"] == "loaded"
        client.value("wasm-example", "kv-store", "name", "a cherry tree")
        assert "a cherry tree" in client.value("wasm-example", "kv-read", "name")
    return directory / "state"


@pytest.mark.parametrize("which, what", [(50, "a bit of every value is flipped"), (51, "values are swapped"),
                                         (52, "records are gone")])
def test_io_can_not_change_what_is_stored_unseen(tmp_path, stored, which, what):
    shutil.copytree(stored, tmp_path / "state", symlinks=True)
    seen = ""
    try:
        with Drill(tmp_path, "io", which) as drill:
            with drill.connect() as client:
                reply = client.load("wasm-example", service.EXAMPLES["c"].read_bytes(), encryption_key=KEY)
                if reply["status"] == "loaded":
                    reply = client.call("wasm-example", "kv-read", "name")
            seen = drill.output + str(reply)
            assert "a cherry tree" not in str(reply), what
            drill.kill()
    except (RuntimeError, EOFError, OSError, AssertionError) as error:
        seen += str(error)
        if "a cherry tree" in seen:
            raise
    assert re.search(r"tamper|changed|removed|no root|not what|swapped|root|authentic", seen), seen


def test_io_that_throws_commits_away_is_found_out_at_the_next_start(tmp_path, stored):
    shutil.copytree(stored, tmp_path / "state", symlinks=True)
    try:
        with Drill(tmp_path, "io", 53) as drill, drill.connect() as client:
            client.load("wasm-example", service.EXAMPLES["c"].read_bytes(), encryption_key=KEY)
            client.call("wasm-example", "kv-store", "name", "thrown away")
    except (RuntimeError, EOFError, OSError):
        pass  # found out already

    with pytest.raises(RuntimeError) as raised:
        service.Aetherd(tmp_path)
    assert re.search(r"older|rolled back|counter|tamper|root", str(raised.value)), str(raised.value)
