"""Any seed gives a district that holds; the same seed gives the same one."""

from __future__ import annotations

import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from layers.demo.district import generate
from layers.demo.sizes import figures

SEEDS = st.integers(0, 2**63)
FEW = settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@FEW
@given(seed=SEEDS)
def test_every_seed_gives_a_district_that_holds(seed: int) -> None:
    frames, wanted = generate("small", seed=seed).frames, figures("small")
    communities, buildings = frames["communities"], frames["buildings"]
    assert shapely.coverage_is_valid(communities.geometry.to_numpy())
    assert (len(communities), len(frames["grids"])) == (wanted.communities, wanted.grids)
    assert (communities["households"].sum(), communities["people"].sum()) == (
        wanted.households,
        wanted.people,
    )
    a, b = shapely.STRtree(buildings.geometry).query(buildings.geometry, predicate="intersects")
    assert (a == b).all()
    home = communities.set_index("code").geometry[buildings["community_code"]]
    assert shapely.covers(home.to_numpy(), buildings.geometry.to_numpy()).all()
    known = buildings.groupby("community_code")["households"].sum()
    assert (known.to_numpy() <= communities.set_index("code")["households"][known.index].to_numpy()).all()


@FEW
@given(seed=SEEDS)
def test_the_same_seed_gives_the_same_district_another_seed_another(seed: int) -> None:
    first, again, other = (generate("small", seed=s) for s in (seed, seed, seed + 1))
    assert first.facts == again.facts
    for layer, frame in first.frames.items():
        assert frame.drop(columns="geometry").equals(again.frames[layer].drop(columns="geometry")), layer
        assert shapely.equals_identical(
            frame.geometry.to_numpy(), again.frames[layer].geometry.to_numpy()
        ).all()
    first_land, other_land = (d.frames["districts"].geometry.iloc[0] for d in (first, other))
    assert not shapely.equals(first_land, other_land)
