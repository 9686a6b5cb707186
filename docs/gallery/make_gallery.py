"""Make the pictures of docs/gallery from a store (WANGGE_HOME) that `wangge demo` has filled:

    wangge demo && python docs/gallery/make_gallery.py
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from api.answers.sheet_terms import Leader, Per, Terms, make
from api.answers.sheets import sheet_jobs
from api.opening import open_store
from api.settings import Settings
from layers.rights.viewer import OPERATOR

HERE = Path(__file__).parent
DOTS_PER_INCH = 60
COMMUNITY = "999901001001"
LEADERS = (
    Leader("", "鹭坊社区", "1", "王某某", "010-0000 0001"),
    Leader("第一网格", "鹭坊社区", "3", "李某某", "010-0000 0002"),
    Leader("第二网格", "鹭坊社区", "3", "阿某·某某", "010-0000 0003"),
)


def main() -> None:
    """One picture of each kind: the first sheet of the first community."""
    now = datetime.now(UTC)
    plain = Terms(now.date(), now.date(), producer="演示", leaders=LEADERS)
    board = replace(plain, exemption="演示数据，虚构", pledge=("每周走访，每日巡查，有事必应。",))
    with_facts = replace(plain, facts={"和顺家园一期": (("物业公司", "和顺物业"), ("业委会", "已成立"))})
    wanted = {
        "community": (Per.COMMUNITY, plain),
        "grid-grey": (Per.GRID, replace(plain, grey=True)),
        "complex": (Per.COMPLEX, with_facts),
        "board": (Per.BOARD, board),
        "street": (Per.STREET, plain),
    }
    store = open_store(Settings.read())
    try:
        for name, (per, terms) in wanted.items():
            of = None if per is Per.STREET else [COMMUNITY]
            jobs = sheet_jobs(
                store,
                OPERATOR,
                per=per,
                communities=of,
                terms=terms,
                kind="png",
                dots_per_inch=DOTS_PER_INCH,
                actor="gallery",
                now=now,
            )
            (HERE / f"{name}.png").write_bytes(make(next(jobs)).pages[0])
    finally:
        store.close()


if __name__ == "__main__":
    main()
