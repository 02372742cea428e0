"""One CA, the servers of the tests and a probe that may ask them, for the whole folder."""
import socket
import ssl
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))
import probe as probe_module  # noqa: E402 (the path comes first)
import web  # noqa: E402


def _old_tls(context):
    context.minimum_version = ssl.TLSVersion.TLSv1_1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")


def _tls_1_2(context):
    context.maximum_version = ssl.TLSVersion.TLSv1_2


class World:
    """Servers by name; each is asked as https://NAME.test/."""

    def __init__(self, directory):
        self.directory = directory
        self.authority = web.Authority(directory)
        stranger = web.Authority(directory, "CA of others")
        names = ["a.test", "b.test", "localhost", "127.0.0.1", "*.wild.test"]
        good = self.authority.issue("good", names)
        alone = web.Authority(directory, "self.test")
        self.servers = {
            "a": web.Server(*good),
            "expired": web.Server(*self.authority.issue("expired", ["expired.test"], -5, -1)),
            "future": web.Server(*self.authority.issue("future", ["future.test"], 1, 5)),
            "wrong": web.Server(*self.authority.issue("wrong", ["right.test"])),
            "stranger": web.Server(*stranger.issue("stranger", ["stranger.test"])),
            "self": web.Server(*alone.issue("self.test", ["self.test"])),
            "old": web.Server(*self.authority.issue("old", ["old.test"]), prepare=_old_tls),
            "twelve": web.Server(*self.authority.issue("twelve", ["twelve.test"]), prepare=_tls_1_2),
            "plain": web.Server(),
        }
        self.mute = socket.socket()
        self.mute.bind(("127.0.0.1", 0))
        self.mute.listen(8)
        closed = socket.socket()
        closed.bind(("127.0.0.1", 0))
        self.closed_port = closed.getsockname()[1]
        closed.close()

    @property
    def a(self):
        return self.servers["a"]

    def resolves(self):
        rows = [(f"{name}.test", 443, "127.0.0.1", server.port) for name, server in self.servers.items()]
        return rows + [("b.test", 443, "127.0.0.1", self.a.port), ("a.test", 8443, "127.0.0.1", self.a.port),
                       ("mute.test", 443, "127.0.0.1", self.mute.getsockname()[1]),
                       ("refused.test", 443, "127.0.0.1", self.closed_port),
                       ("x.wild.test", 443, "127.0.0.1", self.a.port)]

    def grants(self):
        rows = [("app", host, port, 0) for host, port, _, _ in self.resolves() if "wild" not in host]
        return rows + [("app", "*.wild.test", 443, 0),
                       # granted, but not as private: io has the last word
                       ("app", "localhost", self.a.port, 0), ("app", "127.0.0.1", self.a.port, 0),
                       ("app", "::1", self.a.port, 0), ("app", "::ffff:127.0.0.1", self.a.port, 0),
                       ("app", "0.0.0.0", self.a.port, 0), ("app", "169.254.169.254", 443, 0),
                       ("private", "localhost", self.a.port, 1), ("private", "127.0.0.1", self.a.port, 1),
                       ("private", "0.0.0.0", self.a.port, 1), ("private", "no-such-name.invalid", 443, 1)]

    def close(self):
        for server in self.servers.values():
            server.close()
        self.mute.close()


@pytest.fixture(scope="session")
def world(tmp_path_factory):
    made = World(tmp_path_factory.mktemp("world"))
    yield made
    made.close()


@pytest.fixture(scope="session")
def egress(world, tmp_path_factory):
    with probe_module.Probe(tmp_path_factory.mktemp("probe"), world.authority.path, world.grants(), world.resolves(),
                            fetch_ms=2500, fetch_bytes=1 << 20) as running:
        yield running


@pytest.fixture
def patient(world, tmp_path):
    """A probe whose fetches have time, on a busy machine, too."""
    with probe_module.Probe(tmp_path, world.authority.path, world.grants(), world.resolves(), fetch_ms=30000) as running:
        yield running


@pytest.fixture
def fresh(world, tmp_path):
    """A probe of the test's own, to be broken."""
    with probe_module.Probe(tmp_path, world.authority.path, world.grants(), world.resolves(), fetch_ms=4000) as running:
        yield running
