"""New drafts: a copy, the plan in force, what the engine draws, one grid of everything, an existing net."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends

from api.http.deps import Acting, AskedLang, Asking, InDoors, asked_lang
from api.http.guarded import guarded
from api.http.plan_doors import in_thread
from api.http.plan_jobs import draw_drafts
from api.http.plan_new_schemas import CopyAsked, MadeAnswer, NewAsked, RulesListed
from api.http.schemas import errors
from geo.partition.ask import Ask
from geo.plans.families import DEFAULT_RULES
from layers.files.rule_files import read_rules
from layers.plans import editing
from layers.plans.drafts import copy_plan
from layers.plans.drawing import DraftFigures
from layers.plans.templates import draft_from

router = APIRouter(tags=["plans"], route_class=guarded(), dependencies=[Depends(asked_lang)])


@router.get("/api/rules", response_model=RulesListed, responses={**errors(422, 500, 503)})
async def rules(held: InDoors, lang: AskedLang) -> Any:
    """The rules a new draft may be drawn under: families that choose by a community's kind and size, then profiles."""
    book = await in_thread(held, lambda: read_rules(None, home=held.settings.home))
    families = [(one.name, one.title, None, None) for one in book.families.values()]
    families = [one for one in families if one[0] not in book.profiles]
    profiles = [
        (one.name, one.title, one.min_households, one.max_households) for one in book.profiles.values()
    ]
    return {
        "rules": [
            {
                "name": name,
                "title": title.text(lang),
                "min_households": least,
                "max_households": most,
                "default": name == DEFAULT_RULES,
            }
            for name, title, least, most in families + profiles
        ]
    }


@router.post(
    "/api/plans",
    response_model=MadeAnswer,
    status_code=201,
    responses={**errors(404, 408, 409, 413, 422, 500, 503)},
)
async def new(
    held: InDoors, viewer: Asking, actor: Acting, lang: AskedLang, said: CopyAsked | NewAsked
) -> Any:
    """A new draft: a copy of a plan, whatever its state, as it is or as it was at a step of its timeline; or one of a community
    by a template. The engine draws beside the server for some seconds, and keeps several to choose from where asked."""
    now = held.clock()
    if isinstance(said, CopyAsked):
        copied = said

        def made() -> int:
            if copied.step is None:
                return copy_plan(held.store, viewer, copied.plan, actor=actor, now=now)
            return editing.copy_at(held.store, viewer, copied.plan, copied.step, actor=actor, now=now)

        return {"plan": await in_thread(held, made)}
    rules = read_rules(None, home=held.settings.home).find(said.rules or DEFAULT_RULES)
    if said.template == "generated":
        ask = Ask(
            seed=said.seed,
            grids=said.grids,
            from_current=said.from_current,
            alternatives=said.alternatives,
        )
        drawn = await held.workshop.once(
            draw_drafts, viewer, said.community, ask, rules=rules, actor=actor, now=now
        )
        return _choice(drawn, lang)
    asked, template = said, said.template
    plan = await in_thread(
        held,
        lambda: draft_from(
            held.store, viewer, asked.community, template, rules=rules, net=asked.net, actor=actor, now=now
        ),
    )
    return {"plan": plan}


def _choice(drawn: DraftFigures, lang: str) -> dict[str, Any]:
    rows = [
        {
            "plan": one.plan_id,
            "title": one.title.text(lang),
            **{
                name: one.score.get(name)
                for name in ("grids", "over", "under", "complexes_split", "moved_households")
            },
        }
        for one in drawn.choice
    ]
    return {"plan": drawn.plan_id, "choice": rows}
