"""What the doors are told from outside: one object, read from the environment, made by the doors and passed down."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, get_args

from geo.errors import InputError, Words

Lang = Literal["zh", "en"]
LogLevel = Literal["debug", "info", "warning", "error"]
PREFIX = "WANGGE_"
LOOPBACK = ("127.0.0.1", "::1", "localhost")
LEAST_TOKEN_CHARACTERS = 16
_YES, _NO = frozenset({"1", "true", "yes", "on"}), frozenset({"0", "false", "no", "off"})


_BOUNDS: dict[str, tuple[float, float]] = {
    "port": (0, 65_535),
    "max_connections": (8, 65_536),
    "workers": (1, 64),
    "index_poll_s": (0.01, 60),
    "max_upload_mb": (1, math.inf),
    "person_per_s": (1, math.inf),
    "program_per_s": (1, math.inf),
}
"""Least and most of each number."""
_PUBLIC = ("lookup", "display")
"""Rights (`layers.rights.rights.Right`) that tell of no person."""
_HOST = re.compile(r"(\*\.)?[A-Za-z0-9_:.-]+")
_ISSUER = re.compile(
    r"(https://[^\s/?#@]+|http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?)(/[^\s?#]*)?", re.ASCII
)
_CHOICES: dict[str, tuple[str, ...]] = {"lang": get_args(Lang), "log_level": get_args(LogLevel)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings; `read` takes each from the variable of the same name with `WANGGE_` before it.

    A plain dataclass: reading it must not cost a command that answers one question a third of its time. Raises
    `InputError` naming the variable whose value cannot be used.

    >>> Settings(home=Path("somewhere"), port=9000).port
    9000
    """

    database_url: str | None = field(default=None, repr=False)
    """A PostGIS database (`postgresql://...`); unset, the embedded file in `home` is the store."""
    home: Path = Path("wangge-data")
    """Folder of the embedded store, of `maps/` and `faults/`."""
    lang: Lang = "zh"
    """Language where the caller names none."""
    host: str = "127.0.0.1"
    """Address to listen on. Only this machine by default."""
    port: int = 8000
    hosts: tuple[str, ...] = ()
    """Names the server may be asked under, `*.` before a domain for all in it, `*` for any; unset: IP addresses and names
    only an intranet has."""
    max_connections: int = 512
    """Open connections of one server process; above it the one silent for longest is closed."""
    workers: int = 1
    """Server processes."""
    log_level: LogLevel = "info"
    log_json: bool = False
    """One JSON object a line instead of readable lines."""
    debug: bool = False
    """The command line shows tracebacks."""
    area: tuple[str, ...] = ("",)
    """Code prefixes (districts, streets, communities) that the server serves at all; empty is everything."""
    public: tuple[str, ...] = ()
    """What strangers may do once there are accounts: `lookup`, `display`, both or nothing."""
    trial: bool = False
    """Until there is an account, whoever sits at this machine may look around: for made-up data, with a loopback `host` only."""
    review_token: str | None = field(default=None, repr=False)
    """Whoever sends it in a trial may read and decide addresses in doubt over HTTP; it opens nothing otherwise."""
    index_poll_s: float = 1.0
    """How often each worker looks for a newly published version."""
    keys: str | None = field(default=None, repr=False)
    """The secret keys of the store, `k1 HEX` and so on with commas between; unset, the file `keys.txt` in `home` holds them."""
    checkpoints: str | None = None
    """Where the server says each hour how far the audit goes: a file outside the store, `syslog`, or `syslog://HOST:PORT`."""
    oidc_issuer: str | None = None
    """Where the people of an organisation sign in (OpenID Connect), as the provider names itself; unset: with passwords only."""
    oidc_client_id: str | None = None
    """What this server is called there."""
    oidc_client_secret: str | None = field(default=None, repr=False)
    """Its secret there; unset for a client without one."""
    oidc_claim: str = "groups"
    """The claim that holds somebody's groups."""
    oidc_grants: tuple[str, ...] = ()
    """What groups may: `GROUP=ROLE@AREA` with commas between, `*` for everywhere, `/full/maintenance` behind it for a steward."""
    person_per_s: float = 200.0
    """Requests a second one account, or one address of strangers, may keep up; ten seconds' worth at once. A look-up of one
    place counts as a two-hundredth of a request."""
    program_per_s: float = 2000.0
    """The same of one token. `inf` is no limit."""
    max_upload_mb: int = 1024
    """The largest body a batch lookup accepts; it waits on disk, not in memory."""

    def __post_init__(self) -> None:
        """Refuse values that cannot be used."""
        for name, choices in _CHOICES.items():
            if getattr(self, name) not in choices:
                listed = ", ".join(choices)
                raise _unusable(name, f"give one of {listed}", f"请取其一：{listed}")
        for name, (least, most) in _BOUNDS.items():
            if not least <= getattr(self, name) <= most:
                raise _unusable(
                    name, f"give a number from {least:g} to {most:g}", f"应在 {least:g} 到 {most:g} 之间"
                )
        if not all(re.fullmatch(r"\d{0,12}", part) for part in self.area):
            raise _unusable(
                "area",
                "give code prefixes of 1 to 12 digits with commas between them, or nothing at all",
                "请给出 1–12 位数字的编码前缀，以逗号分隔，或留空",
            )
        if not all(name == "*" or _HOST.fullmatch(name) for name in self.hosts):
            raise _unusable(
                "hosts",
                "give host names or addresses with commas between them, without ports, or *",
                "请给出主机名或地址，以逗号分隔，不含端口；或填 *",
            )
        if not set(self.public) <= set(_PUBLIC):
            listed = ", ".join(_PUBLIC)
            raise _unusable("public", f"give some of {listed}, or nothing", f"可选：{listed}，或留空")
        if self.trial and self.host not in LOOPBACK:
            raise _unusable(
                "trial",
                "a trial is for this machine alone; make an account instead (wangge user add), or take host away",
                "试用仅限本机；请先新建账号（wangge user add），或不设监听地址",
            )
        if self.review_token is not None and len(self.review_token) < LEAST_TOKEN_CHARACTERS:
            raise _unusable(
                "review_token",
                f"a token needs at least {LEAST_TOKEN_CHARACTERS} characters; take a random one",
                f"口令至少 {LEAST_TOKEN_CHARACTERS} 个字符；请取随机值",
            )

        self._require_whole_provider()

    def _require_whole_provider(self) -> None:
        parts = {
            "oidc_issuer": self.oidc_issuer,
            "oidc_client_id": self.oidc_client_id,
            "oidc_grants": self.oidc_grants,
        }
        missing = [name for name, value in parts.items() if not value]
        if missing and (len(missing) < len(parts) or self.oidc_client_secret):
            names = ", ".join(PREFIX + name.upper() for name in parts)
            raise _unusable(
                missing[0], f"a provider needs {names} together", f"单位统一登录须同时设置 {names}"
            )
        if self.oidc_issuer and not _ISSUER.fullmatch(self.oidc_issuer):
            raise _unusable(
                "oidc_issuer",
                "give the https address of the provider, as in https://sso.example/realms/office; http is for this machine only",
                "请给出统一登录平台的 https 地址，例如 https://sso.example/realms/office；http 仅限本机",
            )

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """The settings of an environment; variables that are unset or empty leave the default.

        >>> Settings.read({"WANGGE_PORT": "9000", "WANGGE_AREA": "610402001, 610402002"}).area
        ('610402001', '610402002')
        """
        given = {each: environment.get(PREFIX + each.name.upper(), "") for each in fields(cls)}
        return cls(
            **{each.name: _value(each.name, text, each.default) for each, text in given.items() if text}
        )

    @property
    def maps(self) -> Path:
        """Where maps go when no file is named."""
        return self.home / "maps"

    @property
    def faults(self) -> Path:
        """Where the fault lists of imports go."""
        return self.home / "faults"


def _value(name: str, text: str, default: object) -> Any:
    """A text of the environment as a value of the default's kind."""
    match default:
        case bool():
            if text.lower() not in _YES | _NO:
                raise _unusable(name, "give true or false", "应为 true 或 false")
            return text.lower() in _YES
        case int() | float():
            try:
                return type(default)(text)
            except ValueError:
                raise _unusable(name, f"{text!r} is not a number", f"“{text}”不是数字") from None
        case Path():
            return Path(text)
        case tuple():
            parts = tuple(part.strip() for part in text.split(","))
            if not all(parts):
                raise _unusable(name, "there is nothing between two commas", "逗号之间缺少内容")
            return parts
        case _:
            return text


def _unusable(name: str, en: str, zh: str) -> InputError:
    words = Words(en, zh)
    variable = PREFIX + name.upper()
    return InputError(
        f"the environment variable {variable} cannot be used: {words.en}",
        f"环境变量 {variable} 无法使用：{words.zh}",
    )
