"""Addresses of every kind: written and read back, digits never bent, nothing crashes, order does not matter."""

from __future__ import annotations

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.addresses.match.resolve import Matcher
from geo.addresses.match.suggest import Suggester
from geo.addresses.parts.parse import Parts, parse, written
from geo.addresses.register.gazetteer import Gazetteer
from geo.addresses.text.normalise import normalise
from tests.geo.addresses.town import AREAS, BUILDINGS, COMPLEXES, ROADS, gazetteer

MATCHER = Matcher(gazetteer())
SUGGESTER = Suggester(gazetteer())
LIKELY = st.text(
    "芙蓉苑丹泽花园海棠新城一二三四十百零〇区期A号楼栋幢座#单元门层室户0123456789-—/.,，。 　（）()【】街道社区人民路对面靠近😀\x00\n'\"<>",
    max_size=60,
)
NUMBER = st.integers(1, 99).map(str)


@st.composite
def parts(draw: st.DrawFn) -> Parts:
    """An address of which some levels are known; a room needs something above it."""
    areas = draw(
        st.sampled_from(
            [("", "", ""), ("浙江省", "杭州市", "余杭区"), ("", "咸阳市", "秦都区"), ("", "", "渭城区")]
        )
    )
    road = draw(st.sampled_from(["", "人民西路", "文一西路", "滨河大道", "望江街"]))
    building = draw(st.one_of(NUMBER, st.sampled_from([*"ABCDEFG", "3A", "12甲", "乙", "25-5"])))
    unit = draw(st.one_of(st.just(""), NUMBER, st.just("东")))
    floor = draw(st.sampled_from(["", "3", "12", "-1", "B1", "首", "1-3"]))
    room = f"{draw(st.integers(1, 33))}{draw(st.integers(1, 9)):02d}"
    return Parts(
        province=areas[0],
        city=areas[1],
        district=areas[2],
        street=draw(st.sampled_from(["", "五常街道", "柳林镇"])),
        community=draw(st.sampled_from(["", "桃安社区"])),
        road=road,
        road_number=draw(NUMBER) if road else "",
        complex=draw(st.sampled_from(["芙蓉苑", "西溪花园", "海棠新城"])),
        phase=draw(st.sampled_from(["", "二期", "东区", "B区"])),
        building=building,
        unit=unit,
        floor=floor,
        room=draw(st.sampled_from(["", room, "西户", "附4", "101-105", *(["东"] if unit or floor else [])])),
    )


@given(parts())
@settings(max_examples=300)
def test_an_address_written_out_is_read_back(address: Parts) -> None:
    assert parse(written(address)) == address


@given(st.one_of(st.text(max_size=400), LIKELY))
@settings(max_examples=500)
def test_no_text_crashes(text: str) -> None:
    match = MATCHER.match(text)
    assert match.status in ("matched", "ambiguous", "none")
    assert (match.status == "matched") == (match.building_id is not None) == (match.confidence > 0)
    assert bool(match.candidates) == (match.status == "ambiguous")
    assert MATCHER.match_many([text]).status.tolist() == [match.status]
    SUGGESTER.suggest(text)


@given(LIKELY)
@settings(max_examples=200)
def test_one_form_is_final(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(
    st.integers(1, 9999),
    st.sampled_from(["号楼", "栋", "幢", "座", "#", "#楼"]),
    st.sampled_from(["芙蓉苑", "福容苑", "芙蓉宛", "思源中路29号院"]),
)
@settings(max_examples=300)
def test_digits_are_never_fuzzy(number: int, mark: str, name: str) -> None:
    match = MATCHER.match(f"秦都区{name}{number}{mark}2单元501室")
    assert match.building_id == (f"C1-{number}" if number <= 13 else None)


@given(st.randoms(use_true_random=False))
@settings(max_examples=20, deadline=None)
def test_the_order_of_the_register_does_not_matter(random: object) -> None:
    order = list(range(len(COMPLEXES)))
    random.shuffle(order)  # type: ignore[attr-defined]
    houses = BUILDINGS.sample(frac=1, random_state=order[0])
    shuffled = Matcher(Gazetteer.from_frames(COMPLEXES.iloc[order], houses, roads=ROADS, areas=AREAS))
    texts = [
        "芙蓉苑3-2-501",
        "丹泽2幢",
        "海棠新城3栋",
        "翠锦新城1号楼",
        "人民路12号芙蓉苑3号楼",
        "海棠新城8栋",
        "福容苑3号楼",
    ]
    columns = ["status", "building_id", "unit", "room", "confidence", "grid_id", "reason"]
    one, other = MATCHER.match_many(texts), shuffled.match_many(texts)
    pd.testing.assert_frame_equal(one[columns], other[columns])
    assert [set(c.split("|")) for c in one.candidates] == [set(c.split("|")) for c in other.candidates]
