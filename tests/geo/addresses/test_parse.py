"""Addresses as they are really written, in many places and forms, read without any register."""

from __future__ import annotations

import pytest

from geo.addresses.parse import Parts, parse

LEVELS = [
    ("幸福小区3#-2-501", "3", "2", "", "501"),
    ("丹景嘉园47-6-746", "47", "6", "", "746"),
    ("世纪花园8-101", "8", "", "", "101"),
    ("8-2-301", "8", "2", "", "301"),
    ("人民西路12号院5号楼", "5", "", "", ""),
    ("浙江省杭州市余杭区五常街道文一西路969号3幢5楼588室", "3", "", "5", "588"),
    ("上海市静安区共和新路街道柳营路669弄14号1102室", "14", "", "", "1102"),
    ("虹口区四平路1388弄7号301", "7", "", "", "301"),
    ("静安区江场三路238号1613室", "", "", "", "1613"),
    ("良渚街道沈港路11号2楼 常春藤公司", "", "", "2", ""),
    ("东中街29号东环广场B座5层信达资本", "B", "", "5", ""),
    ("万达广场A座12F1202", "A", "", "12", "1202"),
    ("创新大厦B1栋7楼701", "B1", "", "7", "701"),
    ("科技园5栋地下一层", "5", "", "-1", ""),
    ("绿城春江花月12幢1502B", "12", "", "", "1502B"),
    ("建设路8号十二楼", "", "", "12", ""),
    ("保利花园3期8栋2单元15楼1503", "8", "2", "15", "1503"),
    ("同济新村345号602室", "345", "", "", "602"),
    ("海淀区中关村南大街5号院7号楼3门502", "7", "3", "", "502"),
    ("天河区天河北路233号中信广场58楼5801室", "", "", "58", "5801"),
    ("碧桂园凤凰城翠竹苑三街12座502房", "12", "", "", "502"),
    ("朝阳区望京西园三区320号楼1106", "320", "", "", "1106"),
    ("沙坪坝区大学城中路22号附5号", "", "", "", ""),
    ("龙寿路8号3幢6-2", "3", "", "", "6-2"),
    ("8号楼东单元501", "8", "", "", "501"),
    ("武林路21号西楼302", "西", "", "", "302"),
    ("甲楼2单元301", "甲", "2", "", "301"),
    ("阳光花园12栋B单元1203", "12", "B", "", "1203"),
    ("张江碧波路690号5号楼101-1室", "5", "", "", "101-1"),
    ("石油小区东门", "", "", "", ""),
    ("沿山村5组6号", "", "", "", ""),
    ("三单元四楼西户", "", "3", "4", "西户"),
    ("咸陽市秦都區人民路１２號院伍號樓叁單元柒零貳室", "5", "3", "", "702"),
]


@pytest.mark.parametrize(("text", "building", "unit", "floor", "room"), LEVELS)
def test_levels(text: str, building: str, unit: str, floor: str, room: str) -> None:
    parts = parse(text)
    assert (parts.building, parts.unit, parts.floor, parts.room) == (building, unit, floor, room)


def test_areas_roads_and_names() -> None:
    parts = parse("浙江省杭州市余杭区五常街道文一西路969号西溪花园（二期）3幢5楼588室（租户）")
    assert parts == Parts(
        province="浙江省",
        city="杭州市",
        district="余杭区",
        street="五常街道",
        road="文一西路",
        road_number="969",
        complex="西溪花园",
        phase="二期",
        building="3",
        floor="5",
        room="588",
        rest="租户",
    )


def test_a_village_has_its_plate() -> None:
    parts = parse("定日县柑碑村712号")
    assert (parts.community, parts.road_number, parts.building) == ("柑碑村", "712", "")


def test_a_landmark_is_set_aside() -> None:
    before = parse("秦都区人民医院对面的芙蓉苑3号楼")
    assert (before.landmark, before.complex, before.building) == ("人民医院对面", "芙蓉苑", "3")
    after = parse("芙蓉苑3号楼，靠近人民医院")
    assert (after.landmark, after.complex, after.building) == ("靠近人民医院", "芙蓉苑", "3")


@pytest.mark.parametrize(
    "text", ["", " ", "无", "😀", "\x00", "'; DROP TABLE a; --", "<b>3</b>", "楼" * 10_000, "3-" * 5_000]
)
def test_anything_is_answered(text: str) -> None:
    assert isinstance(parse(text), Parts)
