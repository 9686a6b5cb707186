"""What the routes of accounts, tokens and settings take and answer, as the OpenAPI document describes it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from layers.rights.rights import GRANTABLE, SCOPES, Grant, Right, usual_sight
from layers.rights.viewer import OfPeople, Purpose, Role

_ASKED = ConfigDict(extra="forbid")
_ANSWER = ConfigDict(extra="forbid", frozen=True)
_NAME = Field(min_length=2, max_length=40, description="Letters, digits or . _ - @")


State = Literal["open", "locked", "waiting", "first_password"]


class GrantSaid(BaseModel):
    """A role, where, how much of a person, and what for."""

    model_config = _ASKED

    role: Role = Field(description=f"One of {', '.join(GRANTABLE)}")
    area: str = Field(
        default="", max_length=12, pattern=r"^(\d{6}|\d{9}|\d{12})?$", description="Empty: everywhere"
    )
    of_people: OfPeople | None = Field(default=None, description="Not given: what the role needs")
    purpose: Purpose = Field(default=Purpose.DISPLAY, description="What households may be read for")

    def grant(self) -> Grant:
        """The same for the layers. Raises `InputError`."""
        return Grant(self.role, self.area, self.of_people or usual_sight(self.role), self.purpose)

    @classmethod
    def of(cls, grant: Grant) -> GrantSaid:
        """A grant, told."""
        return cls(role=grant.role, area=grant.area, of_people=grant.of_people, purpose=grant.purpose)


class AccountSaid(BaseModel):
    """One account, with nothing of its password."""

    model_config = _ANSWER

    name: str
    grants: list[GrantSaid]
    state: State = Field(description="waiting: locked for a while after wrong passwords")
    locked_until: datetime | None
    made_at: datetime


class AccountsNow(BaseModel):
    """The accounts one keeps, by name."""

    model_config = _ANSWER

    accounts: list[AccountSaid]


class NewAccount(BaseModel):
    """Somebody who shall come in."""

    model_config = _ASKED

    name: str = _NAME
    grants: list[GrantSaid] = Field(min_length=1, max_length=50)


class NewGrants(BaseModel):
    """What an account may do from now on, instead of what it could."""

    model_config = _ASKED

    grants: list[GrantSaid] = Field(min_length=1, max_length=50)


class FirstPassword(BaseModel):
    """Told once; it must be changed at the first sign-in."""

    model_config = _ANSWER

    name: str
    password: str


class TokenSaid(BaseModel):
    """One token, without itself."""

    model_config = _ANSWER

    number: int
    name: str
    rights: list[Right]
    area: list[str]
    made_at: datetime
    made_by: str
    ends_at: datetime
    over: bool


class TokensNow(BaseModel):
    """The tokens one could have made, the newest first."""

    model_config = _ANSWER

    tokens: list[TokenSaid]


class NewToken(BaseModel):
    """A program that shall come in."""

    model_config = _ASKED

    name: str = _NAME
    rights: list[Right] = Field(
        min_length=1, max_length=9, description=f"Some of {', '.join(r.value for r in SCOPES)}"
    )
    area: list[str] = Field(min_length=1, max_length=50, description='Codes; [""] is everywhere')
    days: int = Field(default=365, ge=1, le=730)


class TokenOnce(BaseModel):
    """Told once; kept as a hash."""

    model_config = _ANSWER

    token: str


class ChoicesNow(BaseModel):
    """What may be changed while the server runs."""

    model_config = _ANSWER

    public: list[str]
    public_of_server: bool = Field(description="Nobody chose: what WANGGE_PUBLIC says holds")
    idle_minutes: int
    notice: str


class NewChoices(BaseModel):
    """What is to hold from now on; what is left out stays."""

    model_config = _ASKED

    public: list[Literal["lookup", "display"]] | None = Field(default=None, max_length=2)
    idle_minutes: int | None = Field(default=None, ge=5, le=120)
    notice: str | None = Field(default=None, max_length=200)
