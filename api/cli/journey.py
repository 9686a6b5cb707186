"""The journey the demo makes: import, cells, today's grids, new grids, checks, publish; with the time of each step."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from importlib.resources import as_file

import pandas as pd

from api.cli.progress import follow
from api.cli.shell import Shell
from geo.errors import StoreError
from geo.frames import CONTRACTS
from geo.plans.rules import Rules
from layers.demo.chain import made_up_chain
from layers.demo.district import generate
from layers.demo.doors import door_frame
from layers.demo.residents import made_up_residents
from layers.demo.shipped import SHIPPED_SEED, shipped_small
from layers.demo.sizes import Size, figures
from layers.ground.buildings import read_buildings
from layers.ground.regions import read_communities, read_complexes, read_streets
from layers.ground.stations import read_stations
from layers.ground.streets import read_roads
from layers.imports.imports import import_file, import_frame
from layers.imports.lists import import_rows
from layers.imports.posts import sealing
from layers.people.resident_matches import MatchFigures, match_residents
from layers.plans.adopting import adopt_grids
from layers.plans.cells import build_cells
from layers.plans.drawing import draw_plans
from layers.plans.plans import newest_plan_ids, read_grids
from layers.plans.publishing import publish
from layers.reach.facts import begin_facts
from layers.rights.viewer import OPERATOR
from layers.runs.steps import Figures, Step, executor
from layers.store.database import Store

TODAY_SINCE = date(2026, 1, 1)
"""The day from which the grids as they are today hold."""
CREDIT = "演示数据（虚构）, made-up demo data, CC0"
"""What maps of the demo print as their source."""
_ENOUGH_FOR_PROCESSES = 1_000_000
"""Below so many residents, processes save nothing."""
_SEARCH_S = 0.8
"""Most seconds of search per community: enough to come within a percent of what ten seconds find."""


@dataclass(frozen=True, slots=True)
class Journey:
    """One run from nothing to published grids."""

    shell: Shell
    store: Store
    size: Size
    seed: int
    workers: int
    rules: Rules
    seconds: list[tuple[str, float]] = field(default_factory=list)
    """What was done and how long it took, in order."""

    @contextmanager
    def step(self, en: str, zh: str) -> Iterator[str]:
        """Say what begins, and remember how long it took."""
        name = self.shell.text(en, zh)
        self.shell.complain(f"→ {name}")
        began = time.perf_counter()
        yield name
        self.seconds.append((name, time.perf_counter() - began))

    def run(self) -> tuple[list[int], list[int], pd.DataFrame]:
        """The plans as they are today, the new plans, and what the checks say about the new ones."""
        s = self.shell
        self._import_layers()
        with self.step("cells", "切分基元"):
            cut = build_cells(self.store, OPERATOR, workers=self.workers, actor=s.actor, now=s.now)
            self._follow(cut, "cells", "基元")
        today = self._adopt_today()
        with self.step("new grids", "划分新网格"):
            steps = draw_plans(
                self.store,
                OPERATOR,
                rules=self.rules,
                time_limit_s=_SEARCH_S,
                workers=self.workers,
                actor=s.actor,
                now=s.now,
            )
            drawn = [step.figures.plan_id for step in self._follow(steps, "grids", "网格")]
        with self.step("checks and publication", "检查并发布"):
            done = publish(
                self.store,
                OPERATOR,
                plan_ids=drawn,
                valid_from=s.today,
                workers=self.workers,
                actor=s.actor,
                now=s.now,
            )
        return today, drawn, done.findings

    @property
    def shipped(self) -> bool:
        """Whether the district comes from the files that ship with the program."""
        return self.size == "small" and self.seed == SHIPPED_SEED

    def _import_layers(self) -> None:
        s = self.shell
        layers = [layer for layer in CONTRACTS if layer != "grids"]
        if self.shipped:
            files = shipped_small()
            with self.step("import files", "导入文件"):
                for layer in layers:
                    with as_file(files[layer]) as path:
                        import_file(
                            self.store, OPERATOR, layer, path, credit=CREDIT, actor=s.actor, now=s.now
                        )
            return
        with self.step("make up a district", "生成虚构区县"):
            frames = generate(self.size, seed=self.seed).frames
        with self.step("import", "导入"):
            for layer in layers:
                import_frame(
                    self.store, OPERATOR, layer, frames[layer], source=CREDIT, actor=s.actor, now=s.now
                )

    def _adopt_today(self) -> list[int]:
        """Today's grids as plans, in force since `TODAY_SINCE`."""
        s = self.shell
        with self.step("today's grids", "采用现行网格"):
            if self.shipped:
                with as_file(shipped_small()["grids"]) as path:
                    import_file(
                        self.store, OPERATOR, "grids", path, rules=self.rules, actor=s.actor, now=s.now
                    )
            else:
                drawn = generate(self.size, seed=self.seed).frames["grids"]
                adopt_grids(
                    self.store,
                    OPERATOR,
                    drawn,
                    rules=self.rules,
                    source=CREDIT,
                    actor=s.actor,
                    now=s.now,
                    workers=self.workers,
                )
            with self.store.reading(OPERATOR) as unit:
                ids = newest_plan_ids(unit, states=("draft",))
            publish(
                self.store,
                OPERATOR,
                plan_ids=ids,
                valid_from=TODAY_SINCE,
                as_drawn=True,
                workers=self.workers,
                actor=s.actor,
                now=s.now,
            )
        return ids

    def move_in(self, people: int) -> tuple[int, MatchFigures]:
        """Made-up residents, imported and matched: how many records, and what the matching came to."""
        s = self.shell
        with self.step("make up residents", "生成虚构居民"):
            with self.store.reading(OPERATOR) as unit:
                frames = {
                    "buildings": read_buildings(unit),
                    "complexes": read_complexes(unit),
                    "communities": read_communities(unit),
                    "streets": read_streets(unit),
                }
                plates = door_frame(frames["complexes"], read_roads(unit))
            residents = made_up_residents(frames, plates, people=people, seed=self.seed).frame
        with self.step("import residents", "导入居民"):
            import_rows(self.store, OPERATOR, "aliases", plates, source=CREDIT, actor=s.actor, now=s.now)
            done = import_rows(
                self.store, OPERATOR, "residents", residents, source=CREDIT, actor=s.actor, now=s.now
            )
        with self.step("match residents", "人房匹配"):
            several = people >= _ENOUGH_FOR_PROCESSES and self.workers > 1
            with executor(self.workers) as pool:
                steps = match_residents(
                    self.store, OPERATOR, pool=pool if several else None, actor=s.actor, now=s.now
                )
                figures = follow(s, steps, en="addresses", zh="地址")[-1].figures
        return done.added, figures

    def organise(self) -> None:
        """The made-up chain of organisations over the grids in force, with its posts."""
        s = self.shell
        with self.step("make up organisations", "生成虚构组织体系"):
            with self.store.reading(OPERATOR) as unit:
                facts = made_up_chain(
                    read_grids(unit, as_of=s.today),
                    read_buildings(unit),
                    read_stations(unit),
                    read_complexes(unit),
                    figures(self.size),
                    seed=self.seed,
                )
            seal = sealing(self.store.keys)
            facts["posts"] = [seal(fact) for fact in facts["posts"]]
            begin_facts(self.store, OPERATOR, facts, day=s.today, source=CREDIT, actor=s.actor, now=s.now)

    def _follow(self, steps: Iterator[Step[Figures]], en: str, zh: str) -> list[Step[Figures]]:
        """The steps run through; the demo's own data never fails, so a failure is one of the program."""
        done = follow(self.shell, steps, en=en, zh=zh)
        for step in done:
            if step.error is not None:
                raise StoreError(f"{step.name}: {step.error.en}", f"{step.name}：{step.error.zh}")
        return done
