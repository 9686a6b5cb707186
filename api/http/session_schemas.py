"""What the routes of sessions take and answer, as the OpenAPI document describes it."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

_ASKED = ConfigDict(extra="forbid")
_ANSWER = ConfigDict(extra="forbid", frozen=True)


class SignIn(BaseModel):
    """Who wants to come in."""

    model_config = _ASKED

    name: str = Field(min_length=1, max_length=40, description="Name of the account")
    password: str = Field(min_length=1, max_length=128)


class NewPassword(BaseModel):
    """Another password for one's own account."""

    model_config = _ASKED

    old_password: str = Field(min_length=1, max_length=128, description="The present one")
    new_password: str = Field(min_length=1, max_length=128)


class AreaRef(BaseModel):
    """A district, street or community."""

    model_config = _ANSWER

    code: str = Field(description="6, 9 or 12 digits; empty is everywhere")
    name: str | None


class Places(BaseModel):
    """Districts, streets and communities of one's own area, by code."""

    model_config = _ANSWER

    places: list[AreaRef]


class AccountRef(BaseModel):
    """Who is signed in."""

    model_config = _ANSWER

    name: str
    must_change: bool = Field(
        description="The first password stands to be changed; nothing else is open before"
    )
    outside: bool = Field(
        description="Signs in at the provider of the organisation; there is no password here"
    )
    idle_s: float = Field(description="The session ends so long after its last request")
    roles: list[str]
    areas: list[AreaRef]


class SessionNow(BaseModel):
    """Who asks, and what is open to him."""

    model_config = _ANSWER

    accounts: bool = Field(
        description="Whether there are accounts at all; before that only a trial opens anything"
    )
    review_token: bool = Field(description="Whether the review token opens addresses in doubt")
    provider: bool = Field(description="Whether one can sign in at the provider of the organisation")
    account: AccountRef | None = Field(description="null: a stranger")
    notice: str = Field(description="What whoever keeps the accounts has to say; empty: nothing")
    may: list[str] = Field(
        description="Rights: lookup, display, figures, plans, edit, approve, households, review, accounts, audit"
    )
