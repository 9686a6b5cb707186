"""What the demo finds in the store and says of it at its end."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from api.answers.address_answers import sentence as address_sentence
from api.answers.answers import sentence
from api.answers.chain_answers import chain_lines, spot_of
from api.cli.journey import CREDIT, Journey
from api.cli.reach_tables import say_gaps, say_whole
from api.cli.shell import Shell
from api.opening import open_store
from geo.errors import ConflictError, Words
from geo.plans.rules import Rules
from geo.reach.chain import Link
from layers.demo.sizes import DISTRICT_CODE
from layers.ground.buildings import read_buildings
from layers.ground.regions import read_communities, read_complexes, read_districts
from layers.ground.stations import read_stations
from layers.ground.streets import read_roads, read_water
from layers.history import read_history
from layers.lookup.lookups import load_lookup
from layers.lookup.snapshots import load_index
from layers.people.resident_matches import MatchFigures
from layers.plans.plans import read_grids, read_plans
from layers.plans.reasons import reasons_of
from layers.reach.chain import read_directory
from layers.reach.reach import measure_reach
from layers.reach.walks import make_walks
from layers.rights.viewer import OPERATOR
from layers.store.database import EMBEDDED_FILE, Store

_MOST_GAPS = 8
_MOST_REASONS = 8
"""Grids outside the bounds that are told one by one."""


def make_room(run: Shell) -> None:
    """An earlier demo in the embedded store is replaced. Raises `ConflictError` rather than touch other data."""
    store = open_store(run.settings)
    try:
        with store.reading(OPERATOR) as unit:
            used = len(read_history(unit, limit=1)) > 0
            codes = [*read_communities(unit)["code"]]
            sources = {
                source
                for frame in (
                    read_communities(unit),
                    read_complexes(unit),
                    read_buildings(unit),
                    read_stations(unit),
                    read_roads(unit),
                    read_water(unit),
                )
                for source in frame["source"]
            }
            if used and not codes:  # an interrupted demo may have come no further than its district
                codes += [*read_districts(unit)["code"]]
    finally:
        store.close()
    if not codes and not used:
        return
    ours = bool(codes) and all(code.startswith(DISTRICT_CODE) for code in codes) and sources <= {CREDIT}
    if ours and run.settings.database_url is None:
        for suffix in ("", "-wal", "-shm"):
            (run.settings.home / f"{EMBEDDED_FILE}{suffix}").unlink(missing_ok=True)
        return
    where = store.describe()
    raise ConflictError(
        f"{where} holds data already; run the demo with WANGGE_HOME set to an empty folder "
        "(or WANGGE_DATABASE_URL to an empty database)",
        f"{where} 中已有数据；请将 WANGGE_HOME 设为空文件夹（或将 WANGGE_DATABASE_URL 设为空数据库）后再运行演示",
    )


def say_figures(journey: Journey, today: list[int], drawn: list[int], findings: pd.DataFrame) -> None:
    """The district in figures, today's plan beside the new one, what the checks found, and what each step took."""
    run = journey.shell
    with journey.store.reading(OPERATOR) as unit:
        communities = read_communities(unit)
        buildings = read_buildings(unit)
        plans = [(read_grids(unit, plan_ids=ids), read_plans(unit, plan_ids=ids)) for ids in (today, drawn)]
        reasons = reasons_of(unit, plans[-1][0])
    guessed = buildings["households_estimated"].fillna(False).astype(bool)
    known, total = int(buildings.loc[~guessed, "households"].sum()), int(plans[-1][0]["households"].sum())
    run.table(
        run.text("figure", "指标"),
        run.text("value", "数值"),
        rows=[
            (run.text("communities", "社区"), f"{len(communities):,}"),
            (run.text("buildings", "楼栋"), f"{len(buildings):,}"),
            (
                run.text("households", "户数"),
                run.text(
                    f"{total:,} (known {known:,}, estimated {total - known:,})",
                    f"{total:,}（登记 {known:,}，估算 {total - known:,}）",
                ),
            ),
        ],
    )
    run.line("")
    columns = zip(*(_plan_figures(grids, records, journey.rules) for grids, records in plans), strict=True)
    names = (
        run.text("grids", "网格"),
        run.text("of them exclusive", "其中专属网格"),
        run.text(f"base grids within {_band(journey.rules)}", f"户数在 {_band(journey.rules)} 内的基础网格"),
        run.text("above", "超上限"),
        run.text("below", "低于下限"),
        run.text("complexes split", "被拆分的小区"),
    )
    run.table(
        run.text("plan", "方案"),
        run.text("today", "现行"),
        run.text("new", "新方案"),
        rows=[(name, *values) for name, values in zip(names, columns, strict=True)],
    )
    errors, warnings = ((findings["severity"] == severity).sum() for severity in ("error", "warning"))
    run.say(
        f"checks of the new plan: {errors} errors, {warnings} warnings (wangge check lists them)",
        f"新方案检查：错误 {errors} 条，警告 {warnings} 条（用 wangge check 查看）",
    )
    _say_reasons(run, plans[-1][0], reasons, communities, journey.rules)
    run.line("")
    whole = sum(seconds for _, seconds in journey.seconds)
    steps = (
        (name, f"{seconds:.1f}") for name, seconds in [*journey.seconds, (run.text("total", "合计"), whole)]
    )
    run.table(run.text("step", "步骤"), run.text("seconds", "秒"), rows=steps)
    run.line("")


def _say_reasons(
    run: Shell,
    grids: gpd.GeoDataFrame,
    reasons: list[Words | None],
    communities: gpd.GeoDataFrame,
    rules: Rules,
) -> None:
    """Why grids of the new plan miss the bounds, those that miss them most first; of many the first few."""
    names = communities.set_index("code")["name"]
    found = [
        (f"{names[grid.community_code]}{grid.name}", int(grid.households), words)
        for grid, words in zip(grids.itertuples(index=False), reasons, strict=True)
        if words is not None
    ]
    found.sort(key=lambda one: -max(rules.min_households - one[1], one[1] - rules.max_households))
    for title, households, words in found[:_MOST_REASONS]:
        run.say(
            f"  {title} ({households} households): {words.en}", f"  {title}（{households} 户）：{words.zh}"
        )
    if (left := len(found) - _MOST_REASONS) > 0:
        run.say(
            f"  ... and {left} grids more (wangge check)", f"  ……另有 {left} 个网格（用 wangge check 查看）"
        )


def _plan_figures(grids: gpd.GeoDataFrame, plans: pd.DataFrame, rules: Rules) -> tuple[str, ...]:
    """Figures of plans as texts: grids, exclusive, base grids within, above and below the bounds, complexes split."""
    base = grids[grids["kind"] == "base"]["households"]
    above, below = int((base > rules.max_households).sum()), int((base < rules.min_households).sum())
    within = len(base) - above - below
    split = sum(int(score["complexes_split"]) for score in plans["score"])
    share = f"{within:,} ({within / len(base):.0%})" if len(base) else "0"
    exclusive = int((grids["kind"] == "exclusive").sum())
    return f"{len(grids):,}", f"{exclusive:,}", share, f"{above:,}", f"{below:,}", f"{split:,}"


def _band(rules: Rules) -> str:
    return f"{rules.min_households}–{rules.max_households}"


def say_residents(run: Shell, records: int, figures: MatchFigures) -> None:
    """How many of the made-up residents were tied to a building."""
    matched, doubt, none = figures.matched, figures.ambiguous, figures.none
    share = f"{matched / records:.1%}" if records else "—"
    run.say(
        f"residents' addresses: {matched:,} of {records:,} ({share}) tied to a building, {doubt:,} with several "
        f"candidates, {none:,} not found (wangge review lists them)",
        f"居民地址：{records:,} 条中 {matched:,} 条（{share}）关联到楼栋，{doubt:,} 条有多个候选，{none:,} 条未找到"
        "（用 wangge review 查看）",
    )


def say_sample(run: Shell, store: Store) -> None:
    """Ask for the grid of the building with most households, by a point in it and by its address."""
    with store.reading(OPERATOR) as unit:
        buildings = read_buildings(unit)
        names = read_complexes(unit).set_index("ref")["name"]
    largest = buildings.sort_values(["households", "ref"], ascending=[False, True]).iloc[0]
    point = largest.geometry.representative_point()
    lookup = load_lookup(store, OPERATOR, as_of=run.today)
    answer = lookup.index.locate(point.x, point.y, as_of=run.today)
    run.line(f"wangge locate --lon {point.x:.6f} --lat {point.y:.6f}")
    run.line(f"  {sentence(answer, lang=run.lang)}")
    address = f"{names.get(largest['complex_ref'], '')}{largest['name']}1单元501"
    run.line(f"wangge locate {address}")
    run.line(f"  {address_sentence(lookup.locate(address, as_of=run.today), lang=run.lang)}")


def say_chain(run: Shell, store: Store) -> None:
    """How many organisations there are, and whom the building with most households finds."""
    with store.reading(OPERATOR) as unit:
        directory = read_directory(unit)
        buildings = read_buildings(unit)
    day = run.today
    branches, groups, centres, stations = (
        len(directory.of_kind(kind, day)) for kind in (Link.BRANCH, Link.GROUP, Link.CENTRE, Link.STATION)
    )
    run.say(
        f"{branches:,} branches, {groups:,} building groups, {centres:,} centre households, {stations:,} stations; the address "
        "above finds:",
        f"{branches:,} 个网格党支部、{groups:,} 个楼栋党小组、{centres:,} 个党员中心户、{stations:,} 个站点；上述地址对应：",
    )
    largest = buildings.sort_values(["households", "ref"], ascending=[False, True]).iloc[0]
    point = largest.geometry.representative_point()
    answer = load_index(store, OPERATOR).locate(point.x, point.y, as_of=day)
    for line in chain_lines(directory.chain(spot_of(answer, directory), day), lang=run.lang, keys=store.keys):
        run.line(f"  {line}")


def say_reached(run: Shell, store: Store) -> None:
    """Who walks to a station in fifteen minutes, and who does not."""
    found = measure_reach(store, OPERATOR, make_walks(store), as_of=run.today)
    say_whole(run, found)
    say_gaps(run, found, most=_MOST_GAPS)
