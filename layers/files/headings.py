"""What the columns and values of a workbook are called for people: Chinese under Chinese headings, our own names in English.

A layer's headings are the usual names under which files keep its columns, so that what was written is read again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import pandas as pd

from geo.frames import CONTRACTS, TABLES
from layers.files.synonyms import TITLES, column_names
from layers.files.value_words import word_of

_CHINESE = re.compile("[\u4e00-\u9fff]")
_HEADINGS = {
    "code": "网格编码", "name": "名称", "kind": "类型", "grid": "网格", "grid_code": "网格编码", "grid_name": "网格名称",
    "grid_kind": "网格类型", "community": "社区", "community_code": "社区编码", "complex": "小区", "complex_ref": "小区编码",
    "building": "楼栋", "building_ref": "楼栋编号", "ref": "编号", "unit": "单元", "floor": "楼层", "room": "房号",
    "household": "户号", "households": "户数", "households_estimated": "户数估算", "people": "人口", "address": "地址",
    "lon": "经度", "lat": "纬度", "wkt": "图形", "id": "编号", "text": "地址", "row": "行号",
    "valid_from": "启用日期", "valid_to": "停用日期", "born": "启用日期", "retired": "停用日期", "as_of": "查询日期",
    "since": "自", "until": "至", "day": "日期", "cells": "基元", "cell": "基元序号", "colour": "配色序号", "reason": "说明",
    "area_m2": "面积（平方米）", "block": "街块", "set_id": "基元版本", "label": "网格序号", "locked": "锁定",
    "plan_id": "方案编号", "plan_version": "方案版本", "words": "范围", "bounds": "四至",
    "micro_code": "微网格编码", "micro_name": "微网格名称", "level": "层级",
    "status": "结果", "confidence": "把握", "candidates": "候选楼栋", "populations": "人户类型", "population": "人户类型",
    "members": "党员类型", "centre": "中心户", "several_buildings": "多处住址",
    "severity": "级别", "rule": "规则", "rule_text": "依据", "advice": "建议",
    "old_code": "原编码", "new_code": "新编码", "old_name": "原名称", "new_name": "新名称", "fate": "变化", "share": "占比",
    "moved_households": "调整户数", "choice": "方案", "near": "位置", "gained": "新增户数", "reached": "可达户数",
    "not_reached": "未可达户数", "metres": "步行米数", "minutes": "分钟", "station": "最近站点", "stations": "站点数",
    "station_ref": "站点编号", "circle_households": "直线圈户数", "circle_overstates": "直线高估（百分点）", "events": "件数",
    "month": "月份", "verdict": "比对结果", "own_ref": "本方编号", "other_ref": "对方编号", "own_name": "本方名称",
    "other_name": "对方名称", "net": "网", "weight": "权重", "kind_name": "类型名称",
    "at": "时间", "actor": "操作人", "action": "操作", "object": "对象", "result": "结果", "detail": "详情", "serial": "序列号",
    "source": "来源", "updated": "更新时间",
}  # fmt: skip
_SHEETS = {
    **TITLES,
    "cells": "基元",
    "households": "住户",
    "posts": "岗位",
    "organisations": "组织",
    "findings": "检查结果",
    "advice": "建议",
    "codes": "新旧编码",
    "sites": "选址",
    "reach": "覆盖",
    "workload": "工作量",
    "not located": "未定位",
    "conflation": "比对",
    "locate": "查询结果",
    "parse": "解析结果",
    "match": "匹配结果",
    "summary": "汇总",
    "overlap": "重叠",
}
_VALUES = {
    "status": {
        "matched": "已匹配",
        "ambiguous": "多个候选",
        "none": "未找到",
        "unplanned": "未划分",
        "outside": "范围之外",
        "error": "有误",
    },
    "severity": {"error": "错误", "warning": "警告", "notice": "提示"},
    "grid_kind": {"base": "基础", "exclusive": "专属", "micro": "微网格"},
}
_FLAGS = {True: "是", False: "否"}


def sheet_title(sheet: str, lang: str) -> str:
    """What a sheet is called.

    >>> sheet_title("buildings", "zh"), sheet_title("buildings", "en")
    ('楼栋', 'buildings')
    """
    return _SHEETS.get(sheet, sheet) if lang == "zh" else sheet


def heading(layer: str, column: str, lang: str) -> str:
    """What a column is called in a workbook.

    >>> heading("buildings", "levels", "zh"), heading("grids", "code", "zh"), heading("grids", "code", "en")
    ('层数', '网格编码', 'code')
    """
    if lang != "zh":
        return column
    contract = CONTRACTS.get(layer) or TABLES.get(layer)
    if contract is not None and column in contract.names:
        return next((name for name in column_names(layer, column) if _CHINESE.search(name)), column)
    return _HEADINGS.get(column, column)


def headed(table: pd.DataFrame, layer: str, lang: str) -> pd.DataFrame:
    """`table` as people read it: headings and values in Chinese, or as it is in English."""
    if lang != "zh":
        return table
    shown = {column: _shown(table[column], layer, str(column)) for column in table.columns}
    names = {column: heading(layer, str(column), lang) for column in table.columns}
    taken = list(names.values())
    names = {
        column: name if taken.count(name) == 1 or column == "geometry" else f"{name}（{column}）"
        for column, name in names.items()
    }
    return table.assign(**shown).rename(columns=names)


def _shown(values: pd.Series, layer: str, column: str) -> pd.Series:
    if values.dtype == bool or str(values.dtype) == "boolean":
        return values.astype(object).map(_FLAGS, na_action="ignore")
    known: Mapping[str, str] = _VALUES.get(column, {})
    if not pd.api.types.is_string_dtype(values.dtype):
        return values
    return values.map(lambda one: known.get(one) or word_of(layer, column, one), na_action="ignore")
