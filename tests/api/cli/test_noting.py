"""Comments, a consultation and its remarks from the command line."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pandas as pd

from api.clock import system_clock, today
from tests.api.cli.conftest import Run
from tests.api.cli.test_editing import drawn  # noqa: F401


def test_a_plan_is_commented_on_shown_and_answered(drawn: Run, tmp_path: Path) -> None:  # noqa: F811
    day = today(system_clock)
    assert drawn("plan", "note", "1", "这里有围墙", "--at", "108.7025,34.30").code == 0
    wrong = drawn("plan", "note", "1", "这里", "--at", "108.7025")
    assert (wrong.code, "经度,纬度" in wrong.err) == (2, True)
    last = (day + timedelta(days=7)).isoformat()
    consult = ("plan", "consult", "1", "--until", last, "--how", "社区窗口", "--exempt", "示意图")
    early = drawn(*consult)
    assert (early.code, "已提交或已批准" in early.err) == (2, True)
    assert drawn("plan", "submit", "1").code == 0
    assert drawn(*consult).code == 0
    page = tmp_path / "公示.html"
    assert drawn("plan", "notice", "1", "--out", str(page)).code == 0
    assert f"公示期：{day} 至 {last}" in page.read_text(encoding="utf-8")
    assert drawn("plan", "note", "1", "同意", "--via", "counter").code == 0
    assert drawn("plan", "approve", "1").code == 0
    held = drawn("publish", "--plan", "1", "--from", day.isoformat())
    assert (held.code, "公示" in held.err) == (2, True)
    assert drawn("plan", "consult-end", "1", "--reason", "提前完成").code == 0
    held = drawn("publish", "--plan", "1", "--from", day.isoformat())
    assert (held.code, "未答复" in held.err) == (2, True)
    assert drawn("plan", "answer", "1", "2", "adopted").code == 0
    told = drawn("plan", "notes", "1")
    assert [word in told.out for word in ("窗口", "采纳", "内部", "已提前结束")] == [True] * 4
    out = tmp_path / "意见.csv"
    assert drawn("plan", "notes", "1", "--out", str(out)).code == 0
    table = pd.read_csv(out)
    assert table["内容"].tolist() == ["这里有围墙", "同意"]
    assert table["经度"].tolist()[0] == 108.7025
    assert drawn("publish", "--plan", "1", "--from", day.isoformat()).code == 0
