"""A provider of OpenID Connect for tests, in a process of its own on this machine: keys of its own, codes that work once, PKCE
and the client's secret looked at. What it says of the person who signs in is told it by the test."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

CLIENT, SECRET = "wangge", "a-secret-of-the-test"
ROOT = Path(__file__).parent.parent


class Running(NamedTuple):
    """A provider that runs."""

    issuer: str
    process: subprocess.Popen[str]

    def says(self, name: str, groups: Any, *, at: datetime, **more: Any) -> None:
        """What it will sign of whoever comes next; `more` are claims, `fault` is what goes wrong."""
        claims = {"sub": f"subject of {name}", "preferred_username": name, "groups": groups, **more}
        body = json.dumps({"at": int(at.timestamp()), "claims": claims}).encode()
        with urllib.request.urlopen(f"{self.issuer}/told", body, timeout=10) as answer:  # noqa: S310
            assert answer.status == 200

    def sends_back(self, address: str) -> str:
        """Where it sends a browser that comes to `address` and signs in."""

        class Stay(urllib.request.HTTPRedirectHandler):
            def redirect_request(self, *_: Any) -> None:
                return None

        try:
            urllib.request.build_opener(Stay).open(address, timeout=10)
        except urllib.error.HTTPError as answer:
            return str(answer.headers["location"])
        raise AssertionError("it sent nobody back")

    def end(self) -> None:
        self.process.kill()
        self.process.wait(10)


@contextmanager
def provider() -> Iterator[Running]:
    """A provider as long as the block runs."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.provider_process"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    running = Running(process.stdout.readline().strip(), process)
    try:
        assert running.issuer.startswith("http://127.0.0.1:")
        yield running
    finally:
        running.end()
        process.stdout.close()


def main() -> None:
    """Serve until killed; the first line of the output is the issuer."""
    from joserfc import jwt
    from joserfc.jwk import RSAKey

    key, foreign = (RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"}) for _ in range(2))
    told: dict[str, Any] = {}
    codes: dict[str, dict[str, str]] = {}

    def signed(asked: dict[str, str]) -> str:
        given, at = dict(told["claims"]), told["at"]
        fault = given.pop("fault", "")
        claims = {"iss": issuer, "aud": CLIENT, "iat": at, "exp": at + 300, "nonce": asked["nonce"]} | given
        return jwt.encode({"alg": "RS256", "kid": "k1"}, claims, foreign if fault == "key" else key)

    def token(form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        asked = codes.pop(form.get("code", ""), None)
        kind, _, sent = authorization.partition(" ")
        who = [unquote(part) for part in base64.b64decode(sent).decode().split(":")]
        verifier = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(verifier).rstrip(b"=").decode()
        if kind != "Basic" or who != [CLIENT, SECRET]:
            return 401, {"error": "invalid_client"}
        if (
            asked is None
            or challenge != asked["code_challenge"]
            or asked["redirect_uri"] != form["redirect_uri"]
        ):
            return 400, {"error": "invalid_grant"}
        return 200, {"access_token": secrets.token_hex(8), "token_type": "Bearer", "id_token": signed(asked)}

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

        def answer(self, status: int, said: Any, **headers: str) -> None:
            body = json.dumps(said).encode()
            self.send_response(status)
            for name, value in {"content-length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            path, asked = urlsplit(self.path).path, dict(parse_qsl(urlsplit(self.path).query))
            fault = told.get("claims", {}).get("fault", "")
            if path == "/.well-known/openid-configuration" and fault == "drip":
                self.send_response(200)
                self.end_headers()
                for _ in range(100):
                    self.wfile.write(b" ")
                    time.sleep(0.2)
            elif path == "/.well-known/openid-configuration":
                ends = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
                named = {name: f"{issuer}/{end}" for name, end in ends.items()}
                scopes = ["openid", "profile", "groups"]
                said = "http://elsewhere" if fault == "issuer" else issuer
                self.answer(200, {"issuer": said, "scopes_supported": scopes, **named})
            elif path == "/keys":
                self.answer(200, {"keys": [key.as_dict(private=False)]})
            elif path == "/authorize":
                assert asked["code_challenge_method"] == "S256"
                assert asked["scope"] == "openid profile groups"
                code = secrets.token_hex(8)
                codes[code] = asked
                back = {"code": code, "state": asked["state"]}
                self.answer(302, {}, location=f"{asked['redirect_uri']}?{urlencode(back)}")
            else:
                self.answer(404, {})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            if self.path == "/told":
                told.clear()
                told.update(json.loads(body))
                self.answer(200, {})
            else:
                status, said = token(dict(parse_qsl(body)), self.headers.get("authorization", ""))
                self.answer(status, said)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    issuer = f"http://127.0.0.1:{server.server_port}"
    sys.stdout.write(issuer + "\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
