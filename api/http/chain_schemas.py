"""What is said of the chain of organisations, as JSON."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

CHAIN = "Branch, building group, stations and posts of the place; null where none were ever recorded here"


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class OrganisationRef(_Model):
    """A branch, building group or centre household."""

    ref: str
    name: str


class StationRef(OrganisationRef):
    """A service station."""

    kind: str
    kind_name: str


class PostOut(_Model):
    """A duty and who holds it."""

    title: str
    at: str = Field(description="What the duty is of: grid, building, complex, branch, group, community ...")
    place: str = Field(description="Its code or ref")
    holder: str | None = Field(
        description="Null where the name is not posted for everybody and the caller lacks the right `posts`"
    )
    phone: str | None
    remark: str | None


class ChainOut(_Model):
    """Whom a place finds: from near to far, on the day asked about."""

    branches: list[OrganisationRef]
    groups: list[OrganisationRef]
    centres: list[OrganisationRef] | None = Field(description="Homes: null for all but who may read of them")
    stations: list[StationRef]
    posts: list[PostOut]


class ChainNode(_Model):
    """A link of the chain."""

    depth: int = Field(ge=0, description="Below the first")
    kind: str
    ref: str
    name: str
    posts: list[PostOut]


class ChainTree(_Model):
    """What hangs under a link of the chain, each before what hangs under it."""

    as_of: date
    above: ChainOut | None = Field(description="Whom it finds; of grids only")
    tree: list[ChainNode]
