"""The names under which ordinary files keep our columns and values, so that they load without a mapping file."""

from __future__ import annotations

import re
import unicodedata

from geo.frames import CONTRACTS, TABLES
from geo.texts import without_radicals

TITLES = {
    "districts": "区县",
    "streets": "街道",
    "communities": "社区",
    "complexes": "小区",
    "buildings": "楼栋",
    "roads": "道路",
    "water": "水系",
    "stations": "站点",
    "grids": "网格",
    "residents": "居民",
    "aliases": "别名",
}
"""The layers in Chinese."""

_CODE = {
    "districts": ("区县编码", "区县代码", "区划代码", "行政区划代码", "编码", "代码", "adcode", "id"),
    "streets": ("街道编码", "街道代码", "镇街编码", "区划代码", "编码", "代码", "streetcode", "id"),
    "communities": (
        "社区编码",
        "社区代码",
        "村居编码",
        "区划代码",
        "统计用区划代码",
        "编码",
        "代码",
        "communitycode",
        "villagecode",
        "id",
    ),
    "grids": ("网格编码", "网格代码", "网格编号", "编码", "代码", "gridcode"),
}
_NAME = {
    "districts": ("区县名称", "区县", "名称"),
    "streets": ("街道名称", "镇街名称", "街道", "名称"),
    "communities": ("社区名称", "村居名称", "社区", "名称", "community_name"),
    "complexes": ("小区名称", "小区名", "小区", "楼盘名称", "名称", "name:zh", "complex_name"),
    "buildings": (
        "楼栋名称",
        "楼名",
        "楼栋号",
        "楼号",
        "栋号",
        "幢号",
        "楼栋",
        "建筑名称",
        "建筑物名称",
        "名称",
        "name:zh",
        "building_name",
        "bldg_name",
    ),
    "roads": ("道路名称", "路名", "名称", "name:zh", "road_name"),
    "water": ("水系名称", "河流名称", "名称", "name:zh"),
    "stations": ("站点名称", "驿站名称", "服务站点", "机构名称", "名称", "station_name"),
    "grids": ("网格名称", "网格", "名称", "grid_name"),
}
_REF = {
    "complexes": ("小区编码", "小区编号", "小区代码", "complex_id"),
    "buildings": ("楼栋编码", "楼栋编号", "建筑编码", "建筑编号", "房屋编号", "building_id"),
    "roads": ("道路编码", "道路编号", "road_id"),
    "water": ("水系编码", "水系编号"),
    "stations": ("站点编码", "站点编号", "station_id"),
    "grids": ("网格编码", "网格编号", "网格代码", "code"),
}
_ANY_REF = ("编号", "编码", "代码", "序号", "id", "osm_id", "osmid", "@id", "fid", "gid", "objectid")
_COMMUNITY = (
    "社区编码",
    "社区代码",
    "所属社区编码",
    "所属社区代码",
    "村居编码",
    "communitycode",
    "community",
)
_SHARED = {
    "community_code": _COMMUNITY,
    "households": ("户数", "总户数", "住户数", "居民户数", "household"),
    "people": ("人口", "人数", "人口数", "常住人口", "总人口", "population"),
    "aliases": ("别名", "曾用名", "俗称", "alt_name", "alias"),
    "phase": ("期", "期数", "分期", "区"),
    "levels": (
        "层数",
        "楼层",
        "楼层数",
        "总层数",
        "地上层数",
        "building:levels",
        "building_levels",
        "floors",
        "floor",
    ),
    "height_m": ("高度", "建筑高度", "楼高", "height"),
    "units": ("单元数", "单元"),
    "unit_households": ("各单元户数", "单元户数"),
    "households_estimated": ("户数估算",),
    "home_sure": ("住宅把握",),
    "planned_for": ("预计入住", "预计入住日期", "计划入住", "计划入住日期", "预计交付日期", "预计交付"),
    "planned_households": ("规划户数", "设计户数", "计划户数"),
    "road_addresses": ("门牌地址", "道路门牌", "路牌地址", "标准地址", "地址", "建筑地址", "坐落", "address"),
    "complex_ref": ("小区编码", "小区编号", "小区代码", "所属小区编码", "complex"),
    "road_class": ("道路等级", "等级", "道路类型", "类型", "highway", "fclass", "class"),
    "bridge": ("桥", "桥梁", "是否桥梁", "is_bridge"),
    "tunnel": ("隧道", "是否隧道", "is_tunnel"),
    "household": (
        "户号",
        "户编号",
        "家庭编号",
        "户籍号",
        "户主编号",
        "household_key",
        "household_id",
        "hh_id",
        "id",
    ),
    "address": (
        *("现住址", "现居住地址", "现住地址", "居住地址", "实际居住地址", "现居地址", "常住地址", "居住地"),
        *("家庭住址", "住址", "家庭地址", "详细地址", "地址", "房屋地址", "坐落", "房屋坐落", "addr"),
        *("户籍地址", "户口地址", "户籍所在地", "户籍地"),
    ),
    "population": (
        "人口类型",
        "人口类别",
        "居住类型",
        "人员类型",
        "人户类型",
        "人员类别",
        "居民类别",
        "户口类型",
        "居住状态",
    ),
    "member": ("党员类型", "党员类别", "党员", "是否党员", "政治面貌"),
    "centre": ("中心户", "党员中心户", "centre_household"),
    "target": ("小区编码", "对象", "指向", "现名", "complex_ref"),
    "text": ("别名", "曾用名", "旧名", "门牌", "门牌地址", "alias"),
    "valid_from": ("启用日期", "起始日期", "from"),
    "valid_to": ("停用日期", "截止日期", "to"),
    "floor_area_m2": ("面积", "建筑面积", "用房面积", "floor_area", "area_m2"),
    "opening_hours": ("开放时间", "营业时间", "服务时间"),
    "capacity": ("容量", "服务能力", "可服务户数", "服务容量"),
    "letter": ("符号", "图标字母", "标志字"),
    "opened_on": ("启用日期", "开放日期", "建成日期", "投用日期", "成立日期", "opened"),
}
_USE = ("用途", "建筑用途", "房屋用途", "使用性质", "建筑类型", "类型", "building", "fclass")
_KIND = {
    "communities": ("类型", "类别", "城乡分类"),
    "complexes": ("类型", "类别", "小区类型", "residential"),
    "water": ("类型", "类别", "class", "fclass", "waterway", "natural"),
    "stations": ("类型", "类别", "站点类型"),
    "grids": ("类型", "类别", "网格类型", "网格类别"),
    "aliases": ("类型", "类别", "别名类型"),
}

SEVERAL = frozenset({("buildings", "use")})
"""Columns that are put together from all synonyms a file has: the first that says something wins."""


SHORT_NAMES = {
    "community_code": "commun_cd",
    "households_estimated": "hh_estim",
    "unit_households": "unit_hh",
    "planned_for": "plan_for",
    "planned_households": "plan_hh",
    "road_addresses": "road_addr",
    "complex_ref": "complex_rf",
    "floor_area_m2": "area_m2",
    "opening_hours": "open_hours",
    "valid_from": "valid_from",
    "plan_version": "plan_vers",
}
"""Our columns in the ten letters of a Shapefile."""


def column_names(layer: str, column: str) -> tuple[str, ...]:
    """What files call `column` of `layer`, our own name first, in order of preference."""
    own: dict[str, tuple[str, ...]] = {
        "code": _CODE.get(layer, ()),
        "name": _NAME.get(layer, ()),
        "ref": _REF.get(layer, ()) + _ANY_REF,
        "use": _USE,
        "kind": _KIND.get(layer, ()),
    }
    short = (SHORT_NAMES[column],) if column in SHORT_NAMES else ()
    return (column, *short, *own.get(column, _SHARED.get(column, ())))


def known_names(layer: str) -> frozenset[str]:
    """All names, made plain, that columns of `layer` have in files, and those that other columns of lists have.

    >>> "户号" in known_names("residents"), "联系电话" in known_names("residents")
    (True, True)
    """
    columns = (CONTRACTS.get(layer) or TABLES[layer]).names
    return frozenset(plain(name) for column in columns for name in column_names(layer, column)) | _BESIDE


def plain(name: str) -> str:
    """A column name or value without what varies: width, case, spaces, underscores, a unit in brackets.

    >>> plain("户数（户）"), plain("Community_Code "), plain("建筑高度(m)")
    ('户数', 'communitycode', '建筑高度')
    """
    text = unicodedata.normalize("NFKC", without_radicals(name)).strip().lower()
    return re.sub(r"\([^)]*\)|\[[^\]]*\]|[\s_\-]+", "", text)


_BESIDE_US = (
    "序号 姓名 户主 户主姓名 性别 民族 年龄 出生日期 电话 联系电话 手机 手机号 手机号码 身份证号 身份证号码 公民身份号码 证件号码 与户主关系 "
    "备注 说明 建成年份 建成年代 建成时间 物业公司 物业 负责人 网格员 网格长 社区 小区 楼栋 单元 房号 室号 门牌 街道 面积 时间 日期"
)
_BESIDE = frozenset(plain(name) for name in _BESIDE_US.split())
"""What stands in headers of offices beside our columns; it tells a header from a record."""
