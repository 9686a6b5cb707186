"""How what is sent is signed, after the Standard Webhooks specification (1.0), so that receivers check it with a library they
have."""

from __future__ import annotations

import base64
import hmac
from datetime import datetime

PREFIX = "whsec_"
"""What secrets begin with, as the specification has it and its libraries expect it."""


def secret_text(secret: bytes) -> str:
    """A secret as it is shown once, to be given to the receiver.

    >>> secret_text(b"0123456789abcdef01234567")
    'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3'
    """
    return PREFIX + base64.b64encode(secret).decode("ascii")


def signed_headers(secret: bytes, *, message: str, now: datetime, body: bytes) -> dict[str, str]:
    """The headers that go with `body`. `message` is the same whenever the same is sent again.

    >>> from datetime import UTC
    >>> signed_headers(b"s" * 24, message="m1", now=datetime(2026, 11, 22, tzinfo=UTC), body=b"{}")["webhook-id"]
    'm1'
    """
    moment = str(int(now.timestamp()))
    seal = hmac.digest(secret, f"{message}.{moment}.".encode() + body, "sha256")
    return {
        "webhook-id": message,
        "webhook-timestamp": moment,
        "webhook-signature": f"v1,{base64.b64encode(seal).decode('ascii')}",
    }
