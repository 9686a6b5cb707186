"""What a new draft is asked from and answered with, as the OpenAPI document describes it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

MOST_ALTERNATIVES = 8


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CopyAsked(_Model):
    """The plan to go on from."""

    plan: Annotated[int, Field(ge=1, le=2**63 - 1)]
    step: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = Field(
        None, description="As the plan was at this step; as it is now when not given"
    )


class NewAsked(_Model):
    """A community and what its new draft starts from."""

    community: Annotated[str, Field(pattern=r"^\d{12}$", description="Code of the community")]
    template: Literal["today", "generated", "empty", "net"] = Field(
        description="The plan in force; drawn by the engine; one grid of everything; an existing net"
    )
    rules: Annotated[str, Field(min_length=1, max_length=40)] | None = Field(
        None, description="Name of a profile or family of rules; those of the server when not given"
    )
    net: Annotated[str, Field(min_length=1, max_length=40)] | None = None
    alternatives: Annotated[int, Field(ge=1, le=MOST_ALTERNATIVES)] = Field(
        1, description="How many drafts to choose from, where the engine draws"
    )
    grids: Annotated[int, Field(ge=1, le=999)] | None = Field(None, description="Wanted number of grids")
    from_current: bool = Field(False, description="Move few households from the plan in force")
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 1


class RulesRow(_Model):
    """A profile of rules, or a family that chooses one by a community's kind and size."""

    name: str
    title: str
    min_households: int | None = Field(description="None for a family")
    max_households: int | None
    default: bool = Field(description="Whether it is taken where none is named")


class RulesListed(_Model):
    """The rules there are on this server."""

    rules: list[RulesRow]


class ChoiceRow(_Model):
    """One of several drafts."""

    plan: int
    title: str
    grids: int
    over: int
    under: int
    complexes_split: int | None
    moved_households: int | None


class MadeAnswer(_Model):
    """A new draft; where there are several to choose from, the recommended one."""

    plan: int
    choice: list[ChoiceRow] = []
