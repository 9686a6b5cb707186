"""The organisation's own sign-in (OpenID Connect): where a browser is sent, and what the provider said of who came back.

Authorization code with PKCE. State, nonce and verifier are derived from one secret that stays in the browser that began.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import ssl
import time
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple, cast
from urllib.parse import urlsplit

import urllib3
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, KeySetSerialization
from joserfc.jws import JWSRegistry
from requests import PreparedRequest, RequestException, Response
from requests.adapters import HTTPAdapter

from geo.errors import NotAllowedError

log = logging.getLogger(__name__)

SILENT_S = 5.0
"""So long the provider may say nothing."""
LONGEST_S = 10.0
"""For one whole answer of it; there are three to a sign-in."""
LARGEST_BYTES = 1 << 20
LEEWAY_S = 60
"""So far its clock may be from ours."""
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Signatures that are taken: none that whoever knows the client's secret could make."""
_DISCOVERY = "/.well-known/openid-configuration"
_UNREACHED = (RequestException, urllib3.exceptions.HTTPError, OSError)
_LONGEST_NAME = 255


class Refusal(StrEnum):
    """Why somebody does not come in by the provider; the sign-in page has the words."""

    AWAY = "away"
    """The provider does not answer, or not as it should."""
    REFUSED = "refused"
    """The provider says no."""
    STALE = "stale"
    """The answer belongs to no sign-in this browser has begun."""
    UNFIT = "unfit"
    """What the provider signed does not hold for this sign-in."""
    GROUP = "group"
    """None of his groups is mapped to a role."""
    LOCKED = "locked"
    NAME = "name"
    """The provider gives no name that an account can have."""
    TAKEN = "taken"
    """Another account has the name."""
    BUSY = "busy"
    FIRST = "first"
    """There is no account yet: the first is made on the server's machine."""


class OutsideError(NotAllowedError):
    """Somebody does not come in by the provider."""

    def __init__(self, reason: Refusal, why: str = "") -> None:
        """`why` is for the log: nothing personal, no secret."""
        super().__init__(
            f"no sign-in by the provider: {reason.value}{f' ({why})' if why else ''}",
            f"单位账号登录未成功：{reason.value}",
        )
        self.reason = reason


class Claimed(NamedTuple):
    """What the provider signed of somebody."""

    subject: str
    """A hash of issuer and subject: the same for the same person for ever."""
    name: str
    groups: tuple[str, ...]


class Provider(NamedTuple):
    """Where to ask and as whom. Nothing is kept between sign-ins: keys that are exchanged are followed at once."""

    issuer: str
    client_id: str
    client_secret: str | None
    claim: str
    """The claim that holds groups."""

    def begin(self, secret: str, back: str) -> str:
        """The address a browser is sent to; it comes back to `back`. Raises `OutsideError` (away)."""
        with self._session(back) as session:
            told = self._discover(session)
            session.scope = _scope(told, self.claim)
            url, _ = session.create_authorization_url(
                told["authorization_endpoint"],
                state=derived(secret, "state"),
                nonce=derived(secret, "nonce"),
                code_verifier=derived(secret, "verifier"),
            )
        return str(url)

    def finish(self, secret: str, code: str, back: str, *, now: datetime) -> Claimed:
        """What the provider says of who came back with `code`. Raises `OutsideError` (away, refused, unfit)."""
        with self._session(back) as session:
            told = self._discover(session)
            session.token_endpoint_auth_method = _authentication(told, secret=self.client_secret is not None)
            try:
                given = session.fetch_token(
                    told["token_endpoint"],
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=derived(secret, "verifier"),
                )
            except AuthlibBaseError as error:
                raise OutsideError(Refusal.REFUSED, type(error).__name__) from None
            except (*_UNREACHED, ValueError, TypeError, AttributeError) as error:
                raise _away(error) from None
            keys = _read(session, told["jwks_uri"])
        return self._claimed(given, keys, derived(secret, "nonce"), now)

    def _session(self, back: str) -> OAuth2Session:
        session = OAuth2Session(
            self.client_id, self.client_secret, redirect_uri=back, code_challenge_method="S256"
        )
        session.trust_env = False  # no proxies, no passwords out of files
        session.verify = (
            ssl.get_default_verify_paths().cafile or True
        )  # SSL_CERT_FILE names one's own authorities
        session.max_redirects = 0  # the client's secret goes where it was meant to go
        session.headers["Accept-Encoding"] = "identity"
        for scheme in ("https://", "http://"):
            session.mount(scheme, _Bounded())
        return session

    def _discover(self, session: OAuth2Session) -> dict[str, Any]:
        """What the provider says of itself, under the name we know it by."""
        told = _read(session, self.issuer.rstrip("/") + _DISCOVERY)
        ends = [told.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
        schemes = ("https", "http") if self.issuer.startswith("http://") else ("https",)
        if told.get("issuer") != self.issuer:
            raise OutsideError(Refusal.AWAY, "it names another issuer than the setting")
        if not all(isinstance(end, str) and urlsplit(end).scheme in schemes for end in ends):
            raise OutsideError(Refusal.AWAY, "it does not name its endpoints")
        return told

    def _claimed(self, given: Any, keys: dict[str, Any], nonce: str, now: datetime) -> Claimed:
        options = {
            "iss": {"essential": True, "value": self.issuer},
            "aud": {"essential": True, "value": self.client_id},
        }
        parameters = {
            "nonce": nonce,
            "client_id": self.client_id,
            "access_token": given.get("access_token"),
        }
        try:
            registry = JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)
            signed = jwt.decode(
                given["id_token"],
                KeySet.import_key_set(cast(KeySetSerialization, keys)),
                algorithms=list(ALGORITHMS),
                registry=registry,
            )
            claims = CodeIDToken(signed.claims, signed.header, options, parameters)
            claims.validate(now=int(now.timestamp()), leeway=LEEWAY_S)
        except (JoseError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise OutsideError(Refusal.UNFIT, f"{type(error).__name__} {_claim_of(error)}".strip()) from None
        return self._person(claims)

    def _person(self, claims: dict[str, Any]) -> Claimed:
        subject, name, groups = claims["sub"], claims.get("preferred_username"), claims.get(self.claim, [])
        if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_NAME:
            raise OutsideError(Refusal.UNFIT, "sub")
        listed = [groups] if isinstance(groups, str) else groups if isinstance(groups, list) else []
        return Claimed(
            hashlib.sha256(f"{self.issuer}\n{subject}".encode()).hexdigest(),
            name if isinstance(name, str) else "",
            tuple(group for group in listed if isinstance(group, str)),
        )


def derived(secret: str, what: str) -> str:
    """One of the values of a sign-in; from one of them neither the secret nor another can be told.

    >>> len(derived("secret", "state")), derived("secret", "state") == derived("secret", "nonce")
    (43, False)
    """
    made = hmac.digest(secret.encode(), what.encode(), "sha256")
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()


class _Bounded(HTTPAdapter):
    """Answers that are short in time and size."""

    def send(
        self,
        request: PreparedRequest,
        stream: bool = False,  # noqa: ARG002  always read here, piece by piece
        timeout: Any = None,  # noqa: ARG002
        verify: Any = True,
        cert: Any = None,
        proxies: Any = None,
    ) -> Response:
        """Send and read all of the answer, or raise `RequestException` for one that is too long."""
        ends = time.monotonic() + LONGEST_S
        answer = super().send(
            request, stream=True, timeout=SILENT_S, verify=verify, cert=cert, proxies=proxies
        )
        read = bytearray()
        try:
            while part := answer.raw.read1(1 << 14):
                read += part
                if len(read) > LARGEST_BYTES or time.monotonic() > ends:
                    raise RequestException("the answer is too long")
        finally:
            answer.raw.close()
        answer._content = bytes(read)
        return answer


def _read(session: OAuth2Session, url: str) -> dict[str, Any]:
    """A JSON object of the provider."""
    try:
        answer = session.get(url, withhold_token=True)
        answer.raise_for_status()
        said = answer.json()
    except (*_UNREACHED, ValueError) as error:
        raise _away(error) from None
    if not isinstance(said, dict):
        raise OutsideError(Refusal.AWAY, "no JSON object")
    return said


def _away(error: Exception) -> OutsideError:
    return OutsideError(Refusal.AWAY, type(error).__name__)


def _claim_of(error: Exception) -> str:
    """Which claim does not hold; never its value."""
    return str(getattr(error, "claim", ""))


def _scope(told: dict[str, Any], claim: str) -> str:
    """What is asked for: the groups too, where the provider gives them only to who asks."""
    offered = told.get("scopes_supported")
    wanted = ["openid", "profile"]
    if isinstance(offered, list) and claim in offered:
        wanted.append(claim)
    return " ".join(wanted)


def _authentication(told: dict[str, Any], *, secret: bool) -> str:
    """How the client shows who it is."""
    if not secret:
        return "none"
    offered = told.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return "client_secret_basic" if "client_secret_basic" in offered else "client_secret_post"
