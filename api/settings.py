"""What the doors are told from outside: one object, read from the environment, made by the doors and passed down."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

Lang = Literal["zh", "en"]
PREFIX = "WANGGE_"
LEAST_TOKEN_CHARACTERS = 16


class Settings(BaseSettings):
    """All settings; each is read from the variable of the same name with `WANGGE_` before it.

    >>> Settings(home=Path("somewhere"), port=9000).port
    9000
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, frozen=True, extra="forbid")

    database_url: SecretStr | None = None
    """A PostGIS database (`postgresql://...`); unset, the embedded file in `home` is the store."""
    home: Path = Path("wangge-data")
    """Folder of the embedded store, of `maps/` and `faults/`."""
    lang: Lang = "zh"
    """Language where the caller names none."""
    host: str = "127.0.0.1"
    """Address to listen on. Only this machine by default: there are no accounts yet."""
    port: Annotated[int, Field(ge=0, le=65_535)] = 8000
    workers: Annotated[int, Field(ge=1, le=64)] = 1
    """Server processes."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_json: bool = False
    """One JSON object a line instead of readable lines."""
    debug: bool = False
    """The command line shows tracebacks."""
    area: Annotated[tuple[str, ...], NoDecode] = ("",)
    """Code prefixes (districts, streets, communities) that callers of the server may see; empty is everything."""
    review_token: SecretStr | None = None
    """Whoever sends it may read and decide addresses in doubt over HTTP, until there are accounts; unset, nobody may."""
    index_poll_s: Annotated[float, Field(gt=0, le=60)] = 1.0
    """How often each worker looks for a newly published version."""
    max_upload_mb: Annotated[int, Field(ge=1)] = 1024
    """The largest body a batch lookup accepts; it waits on disk, not in memory."""

    @field_validator("area", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        parts = tuple(part.strip() for part in value.split(","))
        if not all(re.fullmatch(r"\d{1,12}", part) for part in parts):
            raise ValueError(
                "give code prefixes of 1 to 12 digits with commas between them, or nothing at all"
            )
        return parts

    @field_validator("review_token")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < LEAST_TOKEN_CHARACTERS:
            raise ValueError(f"a token needs at least {LEAST_TOKEN_CHARACTERS} characters; take a random one")
        return value

    @property
    def maps(self) -> Path:
        """Where maps go when no file is named."""
        return self.home / "maps"

    @property
    def faults(self) -> Path:
        """Where the fault lists of imports go."""
        return self.home / "faults"
