"""The texts of the papers of a redraw in Chinese and English."""

from __future__ import annotations

from geo.errors import Words

PAPERS = {
    "register": Words("Grid registration table", "网格登记表"),
    "register_of": Words("Grid registration table of {name}", "{name}网格登记表"),
    "codes": Words("Old and new codes", "新旧编码对照"),
    "codes_of": Words("Old and new grid codes of {name}", "{name}网格新旧编码对照表"),
    "buildings": Words("Buildings to another grid", "更换网格楼栋"),
    "buildings_of": Words("Buildings of {name} that come to another grid", "{name}更换网格楼栋一览"),
    "map_of": Words("Grids of {name}", "{name}网格图"),
    "difference_of": Words("Grids of {name}, before and after", "{name}网格调整对照图"),
    "difference": Words("Before and after", "调整对照图"),
    "letters_of": Words("Letters about the grids of {name}", "{name}网格调整告知书"),
    "door_letters_of": Words(
        "Letters to households about the grids of {name}", "{name}网格调整告知书（到户）"
    ),
    "letter": Words("Your service grid changes", "网格调整告知书"),
    "to_house": Words("To everybody in {place}:", "{place}各住户、单位："),
    "to_door": Words("To the household at {place}:", "{place}住户："),
    "letter_body": Words(
        "{day}, your home no longer belongs to {old} but to {new}, whose staff will serve you. Please ask {community} if "
        "anything is unclear.",
        "因网格调整，{day}，您所在的房屋由{old}改属{new}，今后由该网格为您服务。如有疑问，请向{community}咨询。",
    ),
    "from_day": Words("From {day} on", "自 {day} 起"),
    "when_in_force": Words("From the day the new plan is in force", "自新方案施行之日起"),
    "grid_and_code": Words("{name} ({code})", "“{name}”（编码 {code}）"),
    "no_grid": Words("no grid", "未划入网格的范围"),
    "doors": Words("Households to another grid", "更换网格住户"),
    "doors_of": Words("Households of {name} that come to another grid", "{name}更换网格住户一览"),
    "door": Words("Door", "住址"),
    "personal": Words(
        "Personal information: keep it closed, use it for these letters only, destroy it afterwards",
        "含个人信息：专人保管，仅用于送达告知书，用后销毁",
    ),
    "number": Words("No.", "序号"),
    "code": Words("Code", "网格编码"),
    "name": Words("Name", "网格名称"),
    "kind": Words("Kind", "类别"),
    "extent": Words("Extent", "四至范围"),
    "places": Words("Complexes and buildings", "所含小区、楼栋"),
    "households": Words("Households", "户数"),
    "people": Words("People", "人口"),
    "remark": Words("Remarks", "备注"),
    "old_code": Words("Old code", "原编码"),
    "old_name": Words("Old grid", "原网格"),
    "new_code": Words("New code", "新编码"),
    "new_name": Words("New grid", "新网格"),
    "share_of_old": Words("Of the old grid", "占原网格"),
    "share_of_new": Words("Of the new grid", "占新网格"),
    "change": Words("Change", "变化"),
    "complex": Words("Complex", "小区"),
    "building": Words("Building", "楼栋"),
    "total": Words("Total", "合计"),
    "none": Words("none", "无"),
    "estimated": Words("≈ holds estimates", "≈ 含估算户数"),
    "withheld": Words(
        "<{least} and —: small counts are not shown", "<{least}、—：小于 {least} 的数及可推出它的数不显示"
    ),
    "same": Words("stays", "沿用"),
    "part": Words("part", "部分划入"),
    "whole": Words("whole", "整体划入"),
    "added": Words("newly in a grid", "新划入"),
    "gone": Words("in no grid now", "划出"),
    "old_ends": Words("old code ends", "原编码停用"),
    "new_code_begins": Words("new code", "新编码启用"),
    "version": Words("Plan version {version}", "方案第 {version} 版"),
    "draft": Words("draft, not in force", "草案，未生效"),
    "from": Words("in force from {day}", "{day} 起施行"),
    "made": Words("made {day}", "制表日期 {day}"),
    "producer": Words("Made by {name}", "编制单位：{name}"),
    "internal": Words("Internal working paper", "内部工作资料"),
    "grids": Words("{count} grids", "网格 {count} 个"),
    "first": Words(
        "First plan of the community: there is no older one to compare with", "本社区首次划分，无原网格可对照"
    ),
    "nothing_moves": Words("No building comes to another grid", "没有楼栋更换网格"),
    "drawn_up": Words("Drawn up", "编制"),
    "checked": Words("Checked", "审核"),
    "approved": Words("Approved", "批准"),
    "date": Words("Date", "日期"),
}


def paper_text(key: str, lang: str, **values: object) -> str:
    """One text with its values set in.

    >>> paper_text("register_of", "zh", name="鹭坊社区")
    '鹭坊社区网格登记表'
    """
    return PAPERS[key].text(lang).format(**values)
