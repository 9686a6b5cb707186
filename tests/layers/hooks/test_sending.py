"""Sending goes to where it may and nowhere else, waits for nobody for long, and follows nobody elsewhere."""

from __future__ import annotations

import datetime as dt
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from geo.errors import InputError
from layers.hooks import sending
from layers.hooks.sending import may_be_sent_to, send, target_of
from tests.layers.hooks.receiver import LOOPBACK, receiving


def posted(url: str, *networks: str) -> sending.Sent:
    return send(target_of(url, networks or [LOOPBACK]), networks, b"{}", {"content-type": "application/json"})


def test_a_message_arrives_once_and_redirects_are_not_followed() -> None:
    with receiving() as receiver:
        assert posted(receiver.url, LOOPBACK) == (204, None)
        receiver.status = 307
        status, trouble = posted(receiver.url, LOOPBACK)
        assert (status, [got.path for got in receiver.got]) == (307, ["/grids", "/grids"])
        assert trouble is not None
        assert receiver.got[0].headers["host"] == f"127.0.0.1:{receiver.port}"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"])
@pytest.mark.parametrize("networks", [(), ("10.0.0.0/8",)])
def test_this_machine_is_reached_only_where_its_network_is_named(
    host: str, networks: tuple[str, ...]
) -> None:
    with receiving() as receiver:
        status, trouble = posted(f"http://{host}:{receiver.port}/", *networks)
        assert (status, receiver.got) == (None, [])
        assert trouble is not None
        assert "未获允许" in trouble.zh


@pytest.mark.parametrize(
    "address",
    [
        "10.1.2.3",
        "192.168.0.1",
        "172.16.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "192.0.2.1",
        "224.0.0.1",
        "::1",
        "fe80::1",
        "fd00::1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "2002:a00:1::",
        "2001::1",
    ],
)
def test_private_addresses_are_not_public(address: str) -> None:
    assert not may_be_sent_to(ipaddress.ip_address(address), [])


def test_public_addresses_are() -> None:
    assert may_be_sent_to(ipaddress.ip_address("1.1.1.1"), [])
    assert may_be_sent_to(ipaddress.ip_address("2606:4700::1111"), [])


def test_a_name_with_one_address_that_is_not_allowed_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda *_, **__: [(0, 0, 0, "", ("1.1.1.1", 443)), (0, 0, 0, "", ("127.0.0.1", 443))],
    )
    status, trouble = send(target_of("https://two.example/", []), [], b"{}", {})
    assert status is None
    assert trouble is not None
    assert "not sent to" in trouble.en


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a.example/",
        "https://",
        "https://a.example/?key=1",
        "https://me:pw@a.example/",
        "https://a.example/#x",
        "http://a.example/",
        "https://a.example:99999/",
        "https://甲.example/",
        f"https://a.example/{'x' * 500}",
    ],
)
def test_addresses_that_cannot_be_used_are_refused_at_once(url: str) -> None:
    with pytest.raises(InputError):
        target_of(url, [])


def test_who_answers_for_ever_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "LONGEST_S", 0.3)
    with receiving() as receiver:
        receiver.drips = True
        began = time.monotonic()
        posted(receiver.url, LOOPBACK)
        assert time.monotonic() - began < 8.0  # it would take ten seconds


def test_nobody_there_is_told_without_more(unused_port: int) -> None:
    status, trouble = posted(f"http://127.0.0.1:{unused_port}/", LOOPBACK)
    assert status is None
    assert trouble is not None
    assert trouble.en.startswith(f"no answer from 127.0.0.1:{unused_port} (Connection")


@pytest.fixture
def unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.mark.parametrize(("name", "received"), [("127.0.0.1", True), ("127.0.0.2", False)])
def test_a_certificate_must_be_for_the_name(
    name: str, received: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = _certificate(name, tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def serve() -> None:
            line, _ = server.accept()
            try:
                with context.wrap_socket(line, server_side=True) as safe:
                    asked = safe.makefile("rb")
                    head = http.client.parse_headers(asked) if asked.readline() else {}
                    asked.read(
                        int(head["content-length"])
                    )  # closed with a rest unread, the answer would be lost
                    safe.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
            except OSError:
                line.close()

        thread = threading.Thread(target=serve)
        thread.start()
        status, trouble = posted(f"https://127.0.0.1:{port}/", LOOPBACK)
        thread.join()
    assert (status == 200) is received
    assert received or (trouble is not None and "certificate" in trouble.en)


def _certificate(name: str, folder: Path) -> Path:
    """A key and a certificate for `name` that signs itself, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(name))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    path = folder / "server.pem"
    path.write_bytes(pem + made.public_bytes(serialization.Encoding.PEM))
    return path
