"""Does a call to another service stay where it was allowed, and within its limits?"""

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from app.outbound.allowed import Allowed
from app.outbound.client import LARGEST, Call, Client, value_at
from app.outbound.errors import (
    AnswerUnreadable,
    CallRefused,
    HttpRefused,
    ServerFails,
    ServerSilent,
)
from app.settings import SettingRefused, Settings
from tests.json_server import JsonServer, json_server


@pytest.fixture
def server() -> Iterator[JsonServer]:
    with json_server() as served:
        yield served


def client(*hosts: str) -> Client:
    return Client(Allowed.of(hosts), whole=1.0)


def test_an_answer_is_read_and_the_key_is_sent(server: JsonServer) -> None:
    answer = client(server.url).json(
        Call(f"{server.url}/v1?q=1", key="k-1", method="POST", body={"siret": "1"})
    )

    assert answer == {"company": {"status": "actif"}}
    method, path, body, headers = server.seen[0]
    assert (method, path, body) == ("POST", "/v1?q=1", {"siret": "1"})
    assert headers["idempotency-key"] == "k-1"


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/",
        "https://example.com/",
        "https://example.org:8443/",
        "https://example.org@evil.example/",
        "https://user:secret@example.org/",
        "https://example.org.evil.example/",
        "file:///etc/passwd",
        "//example.org/",
        "https://example.org/\r\nX: 1",
        "https://[::1",
        "",
    ],
)
def test_what_was_not_allowed_is_not_called(url: str) -> None:
    with pytest.raises(CallRefused):
        client("example.org").json(Call(url, key="k"))


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "[::1]", "0.0.0.0"]
)
def test_a_private_address_is_refused_unless_its_network_is_named(host: str) -> None:
    with pytest.raises(CallRefused) as refusal:
        client(host).json(Call(f"https://{host}/", key="k"))

    assert "adresse privée" in str(refusal.value)
    if host == "127.0.0.1":
        with pytest.raises(ServerSilent):  # allowed now; nobody speaks TLS there
            client(host, "127.0.0.0/8").json(Call(f"https://{host}/", key="k"))


def test_a_redirect_is_not_followed(server: JsonServer) -> None:
    server.mood = lambda: (302, b"")
    server.headers["Location"] = "http://169.254.169.254/"

    with pytest.raises(AnswerUnreadable):
        client(server.url).json(Call(server.url, key="k"))

    assert len(server.seen) == 1


@pytest.mark.parametrize(
    ("status", "refusal"),
    [
        (500, ServerFails),
        (503, ServerFails),
        (429, ServerFails),
        (404, HttpRefused),
        (400, HttpRefused),
    ],
)
def test_a_status_is_a_failure_that_passes_or_one_that_stays(
    server: JsonServer, status: int, refusal: type[Exception]
) -> None:
    server.fails(status)

    with pytest.raises(refusal):
        client(server.url).json(Call(server.url, key="k"))


@pytest.mark.parametrize("data", [b"<html>", b"{", b"[" * 100_000, b"\xff\xfe"])
def test_what_is_not_json_is_said(server: JsonServer, data: bytes) -> None:
    server.mood = lambda: (200, data)

    with pytest.raises(AnswerUnreadable):
        client(server.url).json(Call(server.url, key="k"))


def test_an_endless_answer_is_cut(server: JsonServer) -> None:
    server.mood = lambda: (200, b"0" * (LARGEST + 1))

    with pytest.raises(AnswerUnreadable):
        client(server.url).json(Call(server.url, key="k"))


def test_a_server_that_drips_is_late_all_the_same() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

        def drip() -> None:
            peer, _ = listening.accept()
            with peer:
                for sign in b"HTTP/1.1 200 OK\r\n" * 50:
                    try:
                        peer.sendall(bytes([sign]))
                    except OSError:
                        return
                    time.sleep(0.05)

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        begun = time.monotonic()
        with pytest.raises(ServerSilent):
            client(f"http://127.0.0.1:{port}").json(Call(f"http://127.0.0.1:{port}", key="k"))
        assert time.monotonic() - begun < 5
        thread.join(timeout=5)


def test_nobody_there_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    with pytest.raises(ServerSilent):
        client(f"http://127.0.0.1:{port}").json(Call(f"http://127.0.0.1:{port}", key="k"))


def test_a_value_is_found_by_its_path() -> None:
    answer = {"a": [{"b": "1.5"}, 2]}

    assert value_at(answer, "a.0.b") == "1.5"
    assert value_at(answer, "a.1") == 2
    assert value_at(answer, "a.9.b") is None
    assert value_at(answer, "a.b.c") is None


@pytest.mark.parametrize("text", ["http://example.org", "exa mple", "https://x/y"])
def test_a_setting_that_names_no_server_is_refused(text: str) -> None:
    with pytest.raises(SettingRefused):
        Settings.load({"LIASSE_HTTP_REQUEST_HOSTS": text})
