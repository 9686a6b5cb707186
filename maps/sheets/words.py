"""The texts of printed sheets in Chinese and English."""

from __future__ import annotations

from geo.errors import Words
from maps.look.tenant import worded

SHEET = worded(
    "sheet",
    {
        "legend": Words("Legend", "图例"),
        "overview": Words("Where it lies", "位置"),
        "table": Words("Grids", "网格一览"),
        "buildings": Words("Buildings", "楼栋一览"),
        "building_name": Words("Building", "楼栋"),
        "units": Words("Units", "单元"),
        "levels": Words("Levels", "层数"),
        "index": Words("Index", "索引"),
        "leaders": Words("Who leads the grids", "网格长公示"),
        "leader": Words("Grid leader", "网格长"),
        "level": Words("Level", "级别"),
        "phone": Words("Telephone", "电话"),
        "pledge": Words("Pledge", "服务承诺"),
        "facts": Words("Facts", "基本情况"),
        "checks": Words("Checks", "核查"),
        "check": Words("Check", "项目"),
        "result": Words("Result", "结果"),
        "minutes": Words("Walk, min", "步行（分）"),
        "withheld": Words(
            "Counts below {least}, and those that would give them away, are withheld",
            "少于 {least} 的数字及可推知它们的数字不公开",
        ),
        "numbered": Words("Number on the map in place of the name", "图上以编号代替的名称"),
        "contents": Words("Contents", "目录"),
        "page": Words("Page", "页"),
        "page_no": Words("Page {page}", "第 {page} 页"),
        "index_all": Words("Index of grids, complexes and streets", "网格、小区、道路索引"),
        "code": Words("Code", "编码"),
        "name": Words("Name", "名称"),
        "kind": Words("Kind", "类别"),
        "households": Words("Households", "户数"),
        "people": Words("People", "人口"),
        "square": Words("Square", "图幅"),
        "scale": Words("Scale 1:{n}", "比例尺 1:{n}"),
        "metres": Words("m", "米"),
        "plan": Words("Plan version {version}", "方案第 {version} 版"),
        "draft": Words("Draft, not in force", "草案，未生效"),
        "day": Words("As of {date}", "截至 {date}"),
        "made": Words("Made {date}", "制图 {date}"),
        "producer": Words("Made by {name}", "编制：{name}"),
        "credit": Words("Data: {credit}", "数据：{credit}"),
        "serial": Words("No. {serial}", "编号 {serial}"),
        "internal": Words("Internal working map", "内部工作用图"),
        "approval": Words("Map approval {number}", "审图号：{number}"),
        "exempt": Words("Public without approval number: {reason}", "公开使用（无审图号）：{reason}"),
        "grid": Words("Grid", "网格"),
        "exclusive": Words("Exclusive grid", "专属网格"),
        "before": Words("Grid before", "原网格界"),
        "changed": Words("Comes to another grid", "更换网格的范围"),
        "was": Words("from {name}", "原{name}"),
        "was_none": Words("newly in a grid", "新划入"),
        "stretch_line": Words("Stretch to walk, with its number", "踏勘线段及编号"),
        "walk": Words(
            "Walk on site: a remark and a signature for each stretch", "现场踏勘记录：逐段填写情况并签名"
        ),
        "walk_of": Words("Walk around {name}", "{name}现场踏勘图"),
        "stretch": Words("No.", "线段"),
        "along": Words("Along", "沿"),
        "beside": Words("Beside", "相邻"),
        "length": Words("Metres", "长度（米）"),
        "remark": Words("Remarks", "踏勘情况、意见"),
        "walker": Words("Signature", "踏勘人签名"),
        "walked_day": Words("Date", "日期"),
        "check_word": Words("Plan {plan}, sheet {word}", "方案 {plan}，核对码 {word}"),
        "micro": Words("Micro-grids", "微网格"),
        "place": Words("What it holds", "范围"),
        "codes": Words("Old and new grids", "新旧网格对照"),
        "old": Words("Old grid", "原网格"),
        "new": Words("New grid", "新网格"),
        "community": Words("Community boundary", "社区界"),
        "neighbour": Words("Neighbouring grids, communities", "相邻网格、社区"),
        "complex_outline": Words("Outline of the complex", "小区界"),
        "complex": Words("Residential complex", "小区"),
        "building": Words("Building with its number", "楼栋及楼号"),
        "road": Words("Road", "道路"),
        "rail": Words("Railway", "铁路"),
        "wall": Words("Wall", "围墙"),
        "water": Words("Water", "水系"),
        "estimated": Words("≈ households estimated", "≈ 户数为估算"),
        "unnamed": Words("No room on the map for: {names}", "图上未能注出：{names}"),
        "continued": Words("{title}, continued", "{title}（续）"),
        "empty": Words("No grids to show", "没有可显示的网格"),
    },
)


def sheet_text(key: str, lang: str, **values: object) -> str:
    """One text with its values set in.

    >>> sheet_text("scale", "zh", n="2,000")
    '比例尺 1:2,000'
    """
    return SHEET[key].text(lang).format(**values)
