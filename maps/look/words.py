"""Every text of the pages in Chinese and English, in one place."""

from __future__ import annotations

from collections.abc import Mapping

from geo.errors import InputError, Words
from maps.look.style import STYLES
from maps.look.tenant import refuse_unknown, worded

LANGUAGES = ("zh", "en")

LAYERS = worded(
    "layers",
    {
        "labels": Words("Grid names", "网格名称"),
        "centres": Words("Centre households", "党员中心户"),
        "members": Words("Buildings with members", "有党员户的楼栋"),
        "stations": Words("Stations", "服务站点"),
        "unreached": Words("Homes not reached", "未覆盖楼栋"),
        "circles": Words("Straight-line circles", "直线服务圈"),
        "before": Words("Grids before", "原有网格"),
        "moved": Words("Homes that change grid", "调整楼栋"),
        "heat": Words("Events by hexagon", "工作量热力"),
        "rates": Words("Match rate", "人房关联率"),
        "walks": Words("Walk areas", "步行范围"),
        "grids": Words("Grids", "网格"),
        "communities": Words("Communities", "社区"),
        "complexes": Words("Complexes", "小区"),
        "buildings": Words("Buildings", "楼栋"),
        "roads": Words("Roads", "道路"),
        "water": Words("Water", "水系"),
    },
)
"""Names of the layers, in the order of the layer switch: from what lies on top to what lies below."""

GRID_KINDS = worded(
    "grid_kinds",
    {
        "base": Words("Base grid", "基础网格"),
        "exclusive": Words("Exclusive grid", "专属网格"),
        "micro": Words("Micro-grid", "微网格"),
    },
)

USES = worded(
    "uses",
    {
        "residential": Words("Residential", "住宅"),
        "commercial": Words("Commercial", "商业"),
        "public": Words("Public", "公共"),
        "industrial": Words("Industrial", "工业"),
        "other": Words("Other", "其他"),
    },
)

STATION_KINDS = worded(
    "station_kinds",
    {
        "party_service": Words("Party-service centre", "党群服务中心"),
        "pioneer_post": Words("Pioneer post", "先锋驿站"),
        "day_care": Words("Day care", "日间照料"),
        "clinic": Words("Clinic", "卫生服务站"),
        "police_room": Words("Police room", "警务室"),
        "other": Words("Other station", "其他站点"),
    },
)
STATION_LETTERS = worded(
    "station_letters",
    {
        "party_service": Words("S", "党"),
        "pioneer_post": Words("P", "驿"),
        "day_care": Words("D", "照"),
        "clinic": Words("C", "医"),
        "police_room": Words("R", "警"),
        "other": Words("O", "站"),
    },
)
"""The one letter inside the triangle of a station."""


def station_kind(kind: str, lang: str) -> str:
    """What a kind of station is called; an office's own word is its name.

    >>> station_kind("clinic", "en"), station_kind("邻里中心", "en")
    ('Clinic', '邻里中心')
    """
    return STATION_KINDS[kind].text(lang) if kind in STATION_KINDS else kind


def station_letter(kind: str, lang: str, own: str | None = None) -> str:
    """The sign of a kind of station: `own` where given, else the first character of an office's own word.

    >>> station_letter("clinic", "zh"), station_letter("邻里中心", "zh"), station_letter("邻里中心", "zh", "邻")
    ('医', '邻', '邻')
    """
    return own[:2] if own else STATION_LETTERS[kind].text(lang) if kind in STATION_LETTERS else kind[:1]


def _station_words(kinds: Mapping[str, str | None], lang: str) -> dict[str, dict[str, str]]:
    """What pages call kinds of station, ours and those of `kinds` (kind → its own letter, if any)."""
    every = {**dict.fromkeys(STATION_KINDS), **kinds}
    return {
        "stationKinds": {kind: station_kind(kind, lang) for kind in every},
        "stationLetters": {kind: station_letter(kind, lang, own) for kind, own in every.items()},
    }


PAGE = worded(
    "page",
    {
        "notice": Words("Internal working map (内部工作用图)", "内部工作用图"),
        "as_of": Words("As of {date}", "截至 {date}"),
        "span": Words("the same every day from {first} until {end}", "{first} 至 {end} 前不变"),
        "span_on": Words("the same since {first}", "{first} 以来不变"),
        "span_before": Words("the same every day before {end}", "{end} 之前不变"),
        "version": Words("Plan version {version}", "方案第 {version} 版"),
        "in_force": Words("in force from {date}", "{date} 起施行"),
        "credit": Words("Data: {credit}", "数据：{credit}"),
        "made_with": Words("Wangge · Leaflet 1.9.4", "Wangge 网格 · Leaflet 1.9.4"),
        "map_label": Words(
            "Map of the grids. Arrow keys move it, plus and minus zoom, Enter describes the centre.",
            "网格地图。方向键移动，加减号缩放，回车键查看地图中心处的网格。",
        ),
        "legend": Words("Legend", "图例"),
        "layers": Words("Layers", "图层"),
        "search_label": Words(
            "Find a grid by name, code, community or complex", "按名称、编码、社区或小区查找网格"
        ),
        "search_hint": Words("Find a grid, complex … (also pinyin)", "查找网格、小区、编码，可用拼音"),
        "search_places_label": Words("Find a community or complex by name", "按名称查找社区或小区"),
        "search_places_hint": Words("Find a community, complex …", "查找社区、小区…"),
        "reach_label": Words(
            "Map of who walks to a station. Arrow keys move it, plus and minus zoom, Enter describes the centre.",
            "步行覆盖地图。方向键移动，加减号缩放，回车键查看地图中心处的楼栋或站点。",
        ),
        "choose_community": Words("Go to a community …", "转到社区…"),
        "search_none": Words("Nothing found. Try a shorter text.", "没有找到，请缩短后再试。"),
        "search_more": Words("{count} more; type on to narrow down", "另有 {count} 个，请继续输入"),
        "print": Words("Print", "打印"),
        "whole": Words("Whole map", "全图"),
        "zoom_in": Words("Zoom in", "放大"),
        "zoom_out": Words("Zoom out", "缩小"),
        "close": Words("Close", "关闭"),
        "no_script": Words("This page needs JavaScript.", "本页需要启用 JavaScript。"),
        "empty_title": Words("No grids to show yet", "还没有网格"),
        "empty_communities": Words(
            "In the browser: load communities and buildings on the page Data, then draw and publish grids on the page Plans. "
            "On the command line:",
            "网页操作：先在「数据」页导入社区和楼栋，再到「规划」页划分网格并发布。命令行操作：",
        ),
        "empty_reach": Words("Nothing to walk on yet", "尚不能计算步行可达"),
        "empty_grids": Words(
            "In the browser: draw grids and publish them on the page Plans. On the command line:",
            "网页操作：到「规划」页划分网格并发布。命令行操作：",
        ),
    },
)

FIGURES = worded(
    "figures",
    {
        "figure_grids": Words("grids", "网格"),
        "figure_communities": Words("communities", "社区"),
        "figure_households": Words("households", "户"),
        "figure_outside": Words("outside the bounds", "超出界限"),
        "figure_rate": Words("households matched", "户已关联"),
        "figure_open_places": Words("places with open cases", "处有待核对"),
        "figure_moved": Words("households under another code", "户换网格（按编码）"),
        "figure_reached": Words("households reached", "户已覆盖"),
        "figure_not_reached": Words("households not reached", "户未覆盖"),
        "figure_stations": Words("stations", "站点"),
        "figure_member_buildings": Words("buildings with members", "栋楼有党员户"),
        "figure_members": Words("member households", "党员户"),
        "figure_centres": Words("buildings with a centre household", "栋楼有党员中心户"),
    },
)

LEGEND = worded(
    "legend",
    {
        "heat": Words("{name}: {low}–{high} events", "{name}：{low}–{high} 件"),
        "heat_one": Words("{name}: {low} events", "{name}：{low} 件"),
        "heat_bundled": Words(
            "Places with few events are counted with their neighbours", "件数过少的位置与邻近位置合并统计"
        ),
        "rate_from": Words("{low} % and more", "{low}% 及以上"),
        "rate_class": Words("{low} to below {high} %", "{low}%–{high}%（不含）"),
        "rate_below": Words("below {high} %", "不足 {high}%"),
        "rate_untold": Words("too few to tell", "户数过少"),
        "rate_nowhere": Words("(nowhere)", "（无法归属）"),
        "rate_open": Words("open", "待核对"),
        "rate_list": Words("Places, lowest rate first", "由低到高"),
        "rates_masked": Words(
            "Counts below 5, and what they follow from, are not told", "不足 5 户及可推出者不显示"
        ),
        "within": Words("{low}–{high} households", "{low}–{high} 户"),
        "below": Words("below {low} households ↓", "不足 {low} 户 ↓"),
        "above": Words("above {high} households ↑", "超过 {high} 户 ↑"),
        "stray": Words("in several parts ✕", "不连片 ✕"),
        "unjudged": Words("not judged: households unknown", "不作判断：户数未知"),
        "exclusive": Words("Exclusive grid", "专属网格"),
        "grid": Words("Grid (colours only tell neighbours apart)", "网格（颜色仅用于区分相邻网格）"),
        "colours": Words("Colours only tell neighbours apart", "颜色仅用于区分相邻网格"),
        "estimated": Words("≈ estimated households", "≈ 户数为估算值"),
        "unknown_uses": Words(
            "Use unknown: {counted} buildings counted as homes ({households} households, {sure} sure), {doubtful} not "
            "(up to {possible} households more)",
            "用途不明：{counted} 栋按住宅计（{households} 户，把握 {sure}），{doubtful} 栋未计（至多另有 {possible} 户）",
        ),
        "community": Words("Community boundary", "社区界线"),
        "working": Words("Working area (no boundary on file)", "工作区（无社区界线资料）"),
        "complex": Words("Residential complex", "小区范围"),
        "building": Words("Building", "楼栋"),
        "road": Words("Road", "道路"),
        "rail": Words("Railway", "铁路"),
        "wall": Words("Wall", "围墙"),
        "water": Words("Water", "水系"),
        "walk": Words("Households within {minutes} minutes", "步行 {minutes} 分钟内（户）"),
        "beyond": Words("Households not reached in {minutes} minutes", "{minutes} 分钟内未覆盖（户）"),
        "circle": Words(
            "Circle of {metres} m, straight-line estimate (households)", "{metres} 米服务圈，直线估算（户）"
        ),
        "layer_members": Words("Buildings with member households", "有党员户的楼栋"),
        "layer_centres": Words("Buildings with a centre household", "有党员中心户的楼栋"),
        "small_counts": Words(
            "Buildings of fewer than {least} households are not marked; fewer than {least} member households in a building "
            "are not told apart",
            "少于 {least} 户的楼栋不标示；每栋少于 {least} 户的党员户数不细分",
        ),
        "overstates": Words(
            "The circles overstate what is reached by {points} points", "直线服务圈高估 {points} 个百分点"
        ),
        "before": Words("Grids before", "原有网格界线"),
        "moved": Words("Buildings that come to another grid", "调整到其他网格的楼栋"),
        "zoom_in_for": Words("(zoom in)", "（放大可见）"),
    },
)

CARD = worded(
    "card",
    {
        "code": Words("Code", "编码"),
        "kind": Words("Kind", "类型"),
        "community": Words("Community", "社区"),
        "households": Words("Households", "户数"),
        "people": Words("People", "人口"),
        "buildings": Words("Buildings", "楼栋"),
        "complexes": Words("Complexes", "小区"),
        "complex": Words("Complex", "小区"),
        "levels": Words("Levels", "层数"),
        "use": Words("Use", "用途"),
        "matched": Words("Matched / listed", "已关联 / 名单户数"),
        "rate": Words("Match rate", "人房关联率"),
        "open": Words("Open cases", "待核对"),
        "too_few": Words("too few to tell", "户数过少"),
        "micro": Words("Micro-grid", "微网格"),
        "place": Words("Holds", "范围"),
        "unknown_use": Words("not known; a home: {sure} % sure", "不明（住宅把握 {sure}%）"),
        "building": Words("Building", "楼栋"),
        "floor_area": Words("Floor area", "建筑面积"),
        "opening_hours": Words("Opening hours", "开放时间"),
        "unknown": Words("not known", "暂无"),
        "none": Words("none", "无"),
        "and_more": Words(" and {count} more", "，另有 {count} 个"),
        "comma": Words(", ", "、"),
        "hh": Words("{count} hh", "{count} 户"),
        "estimated": Words(" (estimated)", "（估）"),
        "exclusive": Words("exclusive", "专属"),
        "below_bound": Words("below the bound of {bound}", "低于下限 {bound} 户"),
        "above_bound": Words("above the bound of {bound}", "高于上限 {bound} 户"),
        "stray": Words("in several parts", "不连片"),
        "unnamed": Words("(unnamed)", "（无名称）"),
        "walk": Words("On foot to a station", "步行至站点"),
        "minutes": Words("{count} minutes", "{count} 分钟"),
        "no_way": Words("no way", "无路可达"),
        "nearest": Words("Nearest station", "最近站点"),
        "members": Words("Member households", "党员户"),
        "centre": Words("Centre household", "党员中心户"),
        "yes": Words("yes", "有"),
        "served": Words("Households it is nearest for", "就近户数"),
        "came": Words("Households from", "划入（户）"),
        "went": Words("Households to", "划出（户）"),
        "old_grid": Words("Grid before", "原属网格"),
    },
)

TABLES = (
    "layers",
    "grid_kinds",
    "uses",
    "station_kinds",
    "station_letters",
    "page",
    "figures",
    "legend",
    "card",
    "sheet",
)
"""What a tenant may word; `sheet` is that of `maps.sheets.words`."""
refuse_unknown(STYLES, TABLES)


def require_language(lang: str) -> None:
    """Raise `InputError` unless `lang` is one of `LANGUAGES`."""
    if lang not in LANGUAGES:
        raise InputError(f"no language {lang!r}; choose zh or en", f"没有语言“{lang}”；可选 zh 或 en")


def page_text(key: str, lang: str, **values: object) -> str:
    """One text of the page with its values set in.

    >>> page_text("as_of", "zh", date="2026-11-22")
    '截至 2026-11-22'
    """
    return PAGE[key].text(lang).format(**values)


def legend_text(key: str, lang: str, **values: object) -> str:
    """One text of the legend with its values set in.

    >>> legend_text("below", "en", low=300)
    'below 300 households ↓'
    """
    return LEGEND[key].text(lang).format(**values)


def script_words(lang: str, own: Mapping[str, str | None] | None = None) -> dict[str, object]:
    """The texts the scripts of a page show; `{count}` and the like are set in there."""
    page = (
        "search_none",
        "search_more",
        "choose_community",
        "whole",
        "zoom_in",
        "zoom_out",
        "print",
        "close",
        "layers",
        "map_label",
    )
    return {
        **{key: PAGE[key].text(lang) for key in page},
        **{f"card_{key}": words.text(lang) for key, words in CARD.items()},
        "gridKinds": {key: words.text(lang) for key, words in GRID_KINDS.items()},
        "uses": {key: words.text(lang) for key, words in USES.items()},
        **_station_words(own or {}, lang),
    }
