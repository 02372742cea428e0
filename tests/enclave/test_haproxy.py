"""Debian's haproxy in front, passing TLS through: docs/enclave.md's configuration, with ports of the test's own.

The proxy never sees a plaintext byte: the client checks the service's own certificate behind it.
"""
import re
import shutil
import ssl
import socket
import time

import pytest
import service

HAPROXY = shutil.which("haproxy") or shutil.which("/usr/sbin/haproxy")
PAGE = service.ROOT / "docs" / "enclave.md"


def configuration(front, back):
    """The block of the operator's page, on these ports."""
    text = re.search(r"```haproxy\n(.*?)```", PAGE.read_text(), re.S).group(1)
    assert ":443" in text and "127.0.0.1:8443" in text
    text = text.replace("bind :443", f"bind 127.0.0.1:{front}").replace("127.0.0.1:8443", f"127.0.0.1:{back}")
    return re.sub(r"^\s*(user|group|chroot|log) .*\n", "", text, flags=re.M)


@pytest.mark.skipif(HAPROXY is None, reason="haproxy is not installed")
def test_a_client_attests_the_service_through_haproxy(tmp_path, aetherd):
    front = service.free_port()
    path = tmp_path / "haproxy.cfg"
    path.write_text(configuration(front, aetherd.port))

    class Proxy(service.Program):
        pass

    with Proxy(tmp_path, "haproxy") as proxy:
        proxy.spawn([HAPROXY, "-db", "-f", path])
        end = time.monotonic() + 10
        while not service.answers(front, 1, proxy.process):
            assert time.monotonic() < end, proxy.output

        def certificate(port):
            context = ssl.create_default_context(cafile=str(aetherd.ca))
            context.check_hostname = False
            with socket.create_connection(("127.0.0.1", port), 5) as raw, \
                    context.wrap_socket(raw, server_hostname="127.0.0.1") as tls:
                assert tls.version() == "TLSv1.3"
                return tls.getpeercert(True)

        direct, through = certificate(aetherd.port), certificate(front)
        assert direct == through

        client = service.Client(front, ca=aetherd.ca) if "ca" in service.Client.__init__.__code__.co_varnames else None
        client = client or service.Client(front)
        with client:
            assert client.outer("Ping") == "Pong"
            assert client.load("through", service.EXAMPLES["c"].read_bytes())["status"] == "loaded"
            assert client.value("through", "hello")
