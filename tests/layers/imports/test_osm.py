"""A drawn OpenStreetMap extract becomes layers; communities come from boundaries, streets or a file.

west | east      two administrative areas of level 10 inside one of level 8; six houses; a main street between
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from xml.sax.saxutils import quoteattr

import geopandas as gpd
import pytest
import shapely
import sqlalchemy as sa
from shapely import box

from geo.errors import EmptyLayerError, FileError
from layers.files.faults import FaultyFileError
from layers.files.osm_tags import read_osm
from layers.imports.imports import import_frame
from layers.imports.osm import import_osm
from layers.rights.viewer import OPERATOR
from layers.store import tables as t
from layers.store.database import Store
from layers.store.rows import read_frame
from tests.layers.files.drawing import TOWN, WEST, frame, house, two_communities, write_geojson

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


class Extract:
    """An .osm file in the making: ways and boundary relations drawn in metres."""

    def __init__(self) -> None:
        self.nodes: dict[tuple[float, float], int] = {}
        self.ways: list[str] = []
        self.relations: list[str] = []

    def _node(self, x: float, y: float) -> int:
        return self.nodes.setdefault((x, y), len(self.nodes) + 1)

    def way(self, shape: shapely.Geometry, **tags: str) -> int:
        points = list(shape.exterior.coords if shape.geom_type == "Polygon" else shape.coords)
        refs = "".join(f'<nd ref="{self._node(*point)}"/>' for point in points)
        self.ways.append(f'<way id="{len(self.ways) + 1}" version="1">{refs}{self._tags(tags)}</way>')
        return len(self.ways)

    def boundary(self, shape: shapely.Polygon, **tags: str) -> None:
        member = f'<member type="way" ref="{self.way(shape)}" role="outer"/>'
        tags = {"type": "boundary", "boundary": "administrative", **tags}
        self.relations.append(
            f'<relation id="{len(self.relations) + 1}" version="1">{member}{self._tags(tags)}</relation>'
        )

    @staticmethod
    def _tags(tags: dict[str, str]) -> str:
        return "".join(
            f"<tag k={quoteattr(k.replace('__', ':'))} v={quoteattr(v)}/>" for k, v in tags.items()
        )

    def write(self, path: Path) -> Path:
        degrees = TOWN.to_degrees([shapely.Point(x, y) for x, y in self.nodes])
        nodes = [
            f'<node id="{i}" version="1" lon="{point.x:.7f}" lat="{point.y:.7f}"/>'
            for i, point in zip(self.nodes.values(), degrees, strict=True)
        ]
        body = "\n".join([*nodes, *self.ways, *self.relations])
        path.write_text(
            f'<?xml version="1.0" encoding="UTF-8"?>\n<osm version="0.6">\n{body}\n</osm>\n', "utf-8"
        )
        return path


def extract(*, boundaries: bool = True) -> Extract:
    made = Extract()
    if boundaries:
        made.boundary(box(-1000, -500, 0, 500), admin_level="10", name="West", name__zh="西社区", ref=WEST)
        made.boundary(box(0, -500, 1000, 500), admin_level="10", name="东社区")
        made.boundary(box(-1000, -500, 1000, 500), admin_level="8", name="街道")
    for x in (-500, -450, -400, 500, 550):
        made.way(
            house(x, 50), building="apartments", building__levels="6", height="18 m", building__flats="24"
        )
    made.way(house(600, 50), building="yes", amenity="school", building__levels="3;4.5", name="学校")
    made.way(shapely.LineString([(0, -600), (0, 600)]), highway="primary", name="人民路", bridge="yes")
    made.way(shapely.LineString([(-900, -40), (900, -40)]), highway="residential")
    made.way(shapely.LineString([(-900, 300), (900, 300)]), railway="rail", tunnel="yes")
    made.way(shapely.LineString([(-900, -300), (900, -300)]), waterway="river", name="渭河")
    made.way(shapely.LineString([(100, 0), (200, 0)]), barrier="city_wall")
    made.way(shapely.LineString([(100, 10), (200, 10)]), highway="proposed")
    made.way(box(300, 100, 350, 150), natural="water", water="pond")
    made.way(box(-520, 30, -350, 100), landuse="residential", name="梅园", alt_name="老梅园")
    made.way(box(490, 30, 700, 100), landuse="residential")
    made.way(box(800, 30, 900, 100), landuse="residential")
    return made


def stored(store: Store, table: sa.Table) -> gpd.GeoDataFrame:
    with store.read() as conn:
        return read_frame(conn, sa.select(table).order_by(*table.primary_key.columns))


@pytest.fixture
def embedded(tmp_path: Path) -> Store:
    store = Store.open(home=tmp_path / "home")
    store.migrate()
    return store


def test_tags_become_columns(tmp_path: Path) -> None:
    osm = read_osm(extract().write(tmp_path / "a.osm"))
    flats = osm.buildings[osm.buildings["use"] == "residential"]
    assert flats[["levels", "height_m", "households"]].drop_duplicates().to_numpy().tolist() == [
        [6, 18.0, 24]
    ]
    (school,) = osm.buildings[osm.buildings["use"] == "public"].itertuples()
    assert (school.name, school.levels) == ("学校", 4)
    roads = osm.roads[["name", "road_class", "bridge", "tunnel"]].fillna("").to_numpy().tolist()
    assert sorted(roads, key=str) == [
        ["", "rail", False, True],
        ["", "residential", False, False],
        ["", "wall", False, False],
        ["人民路", "primary", True, False],
    ]
    assert sorted(osm.water["kind"]) == ["lake", "river"]
    assert osm.complexes["name"].fillna("").tolist() == ["梅园", ""]
    assert osm.complexes["aliases"].tolist() == [["老梅园"], []]
    assert "of 3 residential areas 2 are taken as complexes" in osm.notes[-1].en
    assert sorted(osm.boundaries["level"]) == [8, 10, 10]


def test_street_and_number_become_road_addresses(tmp_path: Path) -> None:
    made = Extract()
    for x, number in enumerate(("15", "17号", "1;3", "", "甲5")):
        made.way(house(60.0 * x, 50), building="house", addr__street="张家胡同", addr__housenumber=number)
    made.way(house(500, 50), building="house", addr__housenumber="9")
    osm = read_osm(made.write(tmp_path / "a.osm"))
    assert osm.buildings["road_addresses"].fillna("").tolist() == [
        "张家胡同15号",
        "张家胡同17号",
        "张家胡同1号|张家胡同3号",
        "",
        "张家胡同甲5号",
        "",
    ]


def test_communities_come_from_the_finest_boundaries_that_hold_the_buildings(
    store: Store, tmp_path: Path
) -> None:
    path = extract().write(tmp_path / "a.osm")
    report = import_osm(store, OPERATOR, path, actor="test", now=NOW)
    assert report.communities_from == "admin"
    assert report.communities == (WEST, "990000001001")
    assert {layer: done.added for layer, done in report.layers.items()} == {
        "communities": 2,
        "complexes": 2,
        "buildings": 6,
        "roads": 4,
        "water": 2,
    }
    assert stored(store, t.communities)["name"].tolist() == ["西社区", "东社区"]
    assert stored(store, t.buildings)["community_code"].tolist() == [WEST] * 3 + ["990000001001"] * 3
    assert stored(store, t.buildings)["complex_ref"].notna().all()
    again = import_osm(store, OPERATOR, path, actor="test", now=NOW)
    assert again.communities == report.communities
    assert {done.added for done in again.layers.values()} == {0}


def test_streets_where_there_are_no_boundaries(embedded: Store, tmp_path: Path) -> None:
    path = extract(boundaries=False).write(tmp_path / "a.osm")
    with pytest.raises(EmptyLayerError, match="--community-from streets"):
        import_osm(embedded, OPERATOR, path, community_from="admin", actor="test", now=NOW)
    report = import_osm(embedded, OPERATOR, path, actor="test", now=NOW)
    assert report.communities_from == "streets"
    assert any("they are not communities" in note.en for note in report.notes)
    assert stored(embedded, t.communities)["kind"].unique().tolist() == ["working"]
    assert stored(embedded, t.buildings)["community_code"].notna().all()
    again = import_osm(embedded, OPERATOR, path, actor="test", now=NOW)
    assert again.communities == report.communities


def test_streets_can_be_asked_for(embedded: Store, tmp_path: Path) -> None:
    report = import_osm(
        embedded,
        OPERATOR,
        extract().write(tmp_path / "a.osm"),
        community_from="streets",
        dry_run=True,
        actor="test",
        now=NOW,
    )
    assert report.communities_from == "streets"
    assert stored(embedded, t.communities).empty


def test_a_communities_file_cuts_everything_down(embedded: Store, tmp_path: Path) -> None:
    west = write_geojson(tmp_path / "west.geojson", two_communities().iloc[:1])
    report = import_osm(
        embedded, OPERATOR, extract().write(tmp_path / "a.osm"), community_from=west, actor="test", now=NOW
    )
    assert (report.communities_from, report.communities) == ("west.geojson", (WEST,))
    assert len(stored(embedded, t.buildings)) == 3
    assert stored(embedded, t.complexes)["name"].tolist() == ["梅园"]
    assert len(stored(embedded, t.roads)) == 3, "the wall lies in the east"


def test_a_communities_file_with_faults_loads_nothing(embedded: Store, tmp_path: Path) -> None:
    bad = write_geojson(tmp_path / "c.geojson", two_communities().assign(code=["1", "2"]))
    with pytest.raises(FaultyFileError, match="12 digits"):
        import_osm(
            embedded, OPERATOR, extract().write(tmp_path / "a.osm"), community_from=bad, actor="test", now=NOW
        )
    assert stored(embedded, t.buildings).empty


def test_communities_that_overlap_stored_ones_load_nothing(embedded: Store, tmp_path: Path) -> None:
    import_frame(
        embedded,
        OPERATOR,
        "communities",
        frame([box(-100, 0, 100, 9)], code=["610402001009"], name=["旧"]),
        source="t",
        actor="test",
        now=NOW,
    )
    with pytest.raises(FaultyFileError, match="overlaps 610402001009 旧"):
        import_osm(embedded, OPERATOR, extract().write(tmp_path / "a.osm"), actor="test", now=NOW)
    assert stored(embedded, t.buildings).empty
    assert len(stored(embedded, t.communities)) == 1


def test_made_up_codes_do_not_collide_with_another_town_s(embedded: Store, tmp_path: Path) -> None:
    other = frame([box(9000, 0, 9999, 999)], code=["990000001001"], name=["别处"])
    import_frame(embedded, OPERATOR, "communities", other, source="t", actor="test", now=NOW)
    assert import_osm(
        embedded, OPERATOR, extract().write(tmp_path / "a.osm"), actor="test", now=NOW
    ).communities == (WEST, "990000001002")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.osm", "<osm version='0.6'><node id='1' lon=", "damaged or cut short"),
        ("a.osm", "<html></html>", "damaged or cut short"),
        ("a.osm", "<osm version='0.6'></osm>", "holds no buildings"),
        ("a.osm.bz2", "x", "only .osm.pbf and .osm"),
        ("a.osm.pbf", "x" * 100, "not an OSM PBF"),
    ],
)
def test_files_that_are_no_extract(
    embedded: Store, tmp_path: Path, name: str, content: str, message: str
) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(FileError, match=message):
        import_osm(embedded, OPERATOR, tmp_path / name, actor="test", now=NOW)


def test_entities_are_not_expanded(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE osm [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><osm version="0.6"><node id="1" user="&b;"/></osm>'
    (tmp_path / "a.osm").write_text(bomb)
    with pytest.raises(FileError):
        read_osm(tmp_path / "a.osm")


NODES = "".join(
    f"<node id='{i}' version='1' lat='{lat}' lon='{lon}'/>"
    for i, (lon, lat) in enumerate(
        [(108.7, 34.33), (108.7004, 34.33), (108.7004, 34.3303), (108.7, 34.3303)], 1
    )
)
HOUSE = (
    "<way id='9' version='1'>"
    + "".join(f"<nd ref='{i}'/>" for i in (1, 2, 3, 4, 1))
    + "<tag k='building' v='apartments'/></way>"
)
RING = (
    "<relation id='7' version='1'><member type='way' ref='9' role='outer'/><tag k='type' v='multipolygon'/>"
    "<tag k='landuse' v='residential'/></relation>"
)


@pytest.mark.parametrize("order", ["nwr", "wnr", "rwn", "wrn", "nrw"])
def test_parts_of_an_extract_in_any_order(tmp_path: Path, order: str) -> None:
    parts = {"n": NODES, "w": HOUSE, "r": RING}
    path = tmp_path / "a.osm"
    path.write_text(f"<osm version='0.6'>{''.join(parts[part] for part in order)}</osm>", "utf-8")
    assert len(read_osm(path).buildings) == 1


def test_a_building_that_is_mapped_twice_is_taken_once(embedded: Store, tmp_path: Path) -> None:
    made = extract()
    made.way(house(-500, 50.3), building="yes", name="1号楼")
    done = import_osm(embedded, OPERATOR, made.write(tmp_path / "twice.osm"), actor="t", now=NOW)
    assert done.layers["buildings"].added == 6
    assert any("1 栋楼重复绘制" in note.zh for note in done.notes)
