"""Passwords: what is asked of one, and how it is kept (argon2id, so many hashes at once and no more)."""

from __future__ import annotations

import secrets
import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from geo.errors import InputError

LEAST_CHARACTERS, MOST_CHARACTERS = 10, 128
LEAST_KINDS = 2
"""Small letters, capitals, digits and others: so many of the four."""
LEAST_DIFFERENT = 6
"""So many different characters."""
AT_ONCE = 2
"""Each hash takes 64 MB and some hundredths of a second of two cores; others wait."""
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""What can be read from paper without being mistaken."""
_GROUPS, _GROUP = 4, 4
_RUNS = (
    "0123456789012345",
    "9876543210987654",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
)
_LONGEST_RUN = 5
_COMMON = ("password", "wangge", "admin", "welcome", "woaini", "qinxin")

_hasher = PasswordHasher()
_places = threading.BoundedSemaphore(AT_ONCE)


def require_good(password: str, *, name: str) -> None:
    """Raise `InputError` with what a new password of the account `name` lacks."""
    lower = password.lower()
    kinds = [
        any(c.islower() for c in password),
        any(c.isupper() for c in password),
        any(c.isdigit() for c in password),
        any(not c.isalnum() for c in password) or not password.isascii(),
    ]
    runs = any(
        run[start : start + _LONGEST_RUN] in lower
        for run in _RUNS
        for start in range(len(run) - _LONGEST_RUN + 1)
    )
    if not LEAST_CHARACTERS <= len(password) <= MOST_CHARACTERS:
        raise InputError(
            f"a password has {LEAST_CHARACTERS} to {MOST_CHARACTERS} characters",
            f"密码应为 {LEAST_CHARACTERS}–{MOST_CHARACTERS} 个字符",
        )
    if sum(kinds) < LEAST_KINDS or len(set(password)) < LEAST_DIFFERENT:
        raise InputError(
            f"the password is too plain: mix letters and digits or signs, at least {LEAST_DIFFERENT} different ones",
            f"密码过于简单：请混用字母与数字或符号，至少 {LEAST_DIFFERENT} 个不同字符",
        )
    if runs or any(word in lower for word in (*_COMMON, name.lower())):
        raise InputError(
            "the password holds a row of keys, a common word or the account's name; take another",
            "密码含连续键位、常见词或账号名；请换一个",
        )


def made_password() -> str:
    """A random first password that can be told on paper.

    >>> len(made_password())
    19
    """
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def hashed(password: str) -> str:
    """The password as it is kept."""
    with _places:
        return _hasher.hash(password)


def fits(password: str, kept: str | None) -> bool:
    """Whether this is the password that was kept; takes as long when there is none."""
    if len(password) > MOST_CHARACTERS:
        return False
    with _places:
        try:
            return _hasher.verify(kept or _NOBODYS, password) and kept is not None
        except (VerificationError, InvalidHashError):
            return False


_NOBODYS = _hasher.hash(secrets.token_hex(16))
"""Compared with where there is no account, so that nobody learns which names there are from how long it takes."""
