"""What the history calls a deed and its particulars, in Chinese; English readers get the words as they are kept."""

from __future__ import annotations

_DEEDS = {
    "import": "导入", "undo": "撤销导入", "withdraw": "撤回发布", "publish": "发布", "end": "注销", "adopt": "采用现行网格",
    "working areas": "划工作片区", "walked": "踏勘", "walk taken back": "撤回踏勘", "review": "核对", "review undone": "撤销核对",
    "password": "改密码", "match": "匹配", "level": "划分层级", "import net": "导入现有网", "ignore": "忽略", "edit step": "编辑",
    "draft": "生成草稿", "delete plan": "删除方案", "copy": "复制方案", "cells": "切分基元", "alias": "登记别名",
    "read residents": "读取居民", "read households": "读取住户", "submit": "提交", "approve": "批准", "return": "退回", "recall": "收回",
    "partition": "划分",
}  # fmt: skip
_LAYERS = {
    "districts": "区县", "streets": "街道", "communities": "社区", "complexes": "小区", "buildings": "楼栋", "roads": "道路",
    "water": "水系", "stations": "站点", "grids": "网格", "residents": "居民", "aliases": "别名", "osm": "OSM",
}  # fmt: skip
_PARTICULARS = {
    "source": "来源", "grids": "网格", "plans": "方案", "words": "文字登记表", "batch": "批次", "rows": "行", "added": "新增",
    "updated": "更新", "matched": "已匹配", "ambiguous": "待定", "none": "未找到", "looked_at": "查看", "purpose": "用途",
    "gazetteer": "地名库", "cells": "基元", "households": "户数", "from": "自", "valid_from": "生效", "version": "版本",
    "reason": "原因", "grid": "网格", "stretches": "段", "on": "日期", "layer": "图层", "step": "步", "plan": "方案", "plans_made": "方案数",
    "communities": "社区", "notes": "说明", "codes": "编码", "name": "名称", "kind": "类型", "title": "侧重", "removed": "移除",
}  # fmt: skip


def deed(action: str, lang: str) -> str:
    """A deed in the language of the reader.

    >>> deed("import buildings", "zh"), deed("adopt", "zh"), deed("adopt", "en")
    ('导入楼栋', '采用现行网格', 'adopt')
    """
    if lang != "zh":
        return action
    if action in _DEEDS:
        return _DEEDS[action]
    head, _, layer = action.partition(" ")
    return f"{_DEEDS[head]}{_LAYERS.get(layer, layer)}" if head in _DEEDS and layer else action


def particular(name: str, value: object, lang: str) -> str:
    """One particular of a deed, such as `来源=网格.xlsx`."""
    if lang != "zh":
        return f"{name}={value}"
    said = (
        {True: "是", False: "否"}.get(value, value)
        if isinstance(value, bool)
        else _LAYERS.get(str(value), value)
    )
    return f"{_PARTICULARS.get(name, name)}={said}"
