"""Operations on a draft, and that their inverse leads back."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import ConflictError, InputError, NotFoundError
from geo.plans import edits
from geo.plans.changes import Change
from geo.plans.edits import Draft, Numbering, Own

COMMUNITY = "999901001001"
NUMBERING = Numbering(COMMUNITY, "{community}{sequence:03d}", "base", frozenset({f"{COMMUNITY}007"}))


def code(number: int) -> str:
    return f"{COMMUNITY}{number:03d}"


def draft(*labels: int) -> Draft:
    own = {
        label: Own(code(label + 1), f"第{'一二三四五'[label]}网格", "base", label)
        for label in sorted(set(labels))
    }
    return Draft(np.array(labels, np.int64), MappingProxyType(own))


def test_cells_go_to_a_grid_and_a_grid_left_empty_goes() -> None:
    after = edits.assign(draft(0, 0, 1, 2), [2], code(1))
    assert after.labels.tolist() == [0, 0, 0, 2]
    assert [own.code for own in after.grids.values()] == [code(1), code(3)]


def test_a_new_grid_takes_the_number_after_the_highest_ever_used() -> None:
    after = edits.create(draft(0, 0, 1, 1), [0, 2], NUMBERING)
    (own,) = [own for own in after.grids.values() if own.code not in (code(1), code(2))]
    assert (own.code, own.name, own.kind) == (code(8), "第八网格", "base")
    assert after.labels.tolist() == [2, 0, 2, 1]


def test_a_new_grid_may_be_named_at_once() -> None:
    after = edits.create(draft(0, 0, 1, 1), [0], NUMBERING, name=" 东片 ")
    assert after.grids[2].name == "东片"
    assert after.grids[2].chosen


def test_numbers_skipped_serve_when_the_template_is_exhausted() -> None:
    taken = frozenset(code(number) for number in range(4, 1000))
    made = Numbering(COMMUNITY, "{community}{sequence:03d}", "base", taken).next_own(draft(0, 1).grids)
    assert made.code == code(3)
    with pytest.raises(ConflictError, match="999 numbers"):
        Numbering(COMMUNITY, "{community}{sequence:03d}", "base", taken).next_own(draft(0, 1, 2).grids)


def test_merging_keeps_one_and_needs_two() -> None:
    after = edits.merge(draft(0, 1, 2), [code(1), code(3)], into=code(3))
    assert after.labels.tolist() == [2, 1, 2]
    assert [own.code for own in after.grids.values()] == [code(2), code(3)]
    with pytest.raises(InputError, match="two grids"):
        edits.merge(draft(0, 1), [code(1), code(1)])
    with pytest.raises(InputError, match="not one of"):
        edits.merge(draft(0, 1, 2), [code(1), code(2)], into=code(3))


def test_dividing_gives_new_grids_their_numbers_in_order() -> None:
    after = edits.divide(draft(0, 0, 0, 1), [0, 1, 2], [2, 0, 1], {1: code(1)}, NUMBERING)
    assert [after.grids[label].code for label in after.labels] == [code(9), code(8), code(1), code(2)]


def test_a_locked_grid_gives_and_takes_nothing() -> None:
    held = edits.lock(draft(0, 0, 1), [code(2)])
    for touch in (
        lambda: edits.assign(held, [0], code(2)),
        lambda: edits.assign(held, [2], code(1)),
        lambda: edits.create(held, [1, 2], NUMBERING),
        lambda: edits.merge(held, [code(1), code(2)]),
        lambda: edits.divide(held, [2], [0], {}, NUMBERING),
    ):
        with pytest.raises(ConflictError, match="locked"):
            touch()
    assert edits.assign(held, [2], code(2)).labels.tolist() == [0, 0, 1]  # it stays where it is
    assert edits.rename(held, code(2), "东片").grids[1].name == "东片"
    assert edits.assign(edits.lock(held, [code(2)], locked=False), [2], code(1)).labels.tolist() == [0, 0, 0]


def test_names_and_kinds_are_chosen_within_bounds() -> None:
    plan = draft(0, 1)
    assert edits.set_kind(plan, code(1), "exclusive").grids[0].kind == "exclusive"
    with pytest.raises(InputError, match="no kind"):
        edits.set_kind(plan, code(1), "round")
    with pytest.raises(ConflictError, match="already"):
        edits.rename(plan, code(1), "第二网格")
    for name in ("", "  ", "长" * 61):
        with pytest.raises(InputError, match="1 to 60"):
            edits.rename(plan, code(1), name)
    with pytest.raises(NotFoundError, match="no grid 5"):
        edits.rename(plan, "5", "东片")


def test_a_change_is_not_applied_to_another_draft() -> None:
    before = draft(0, 0, 1)
    change = Change.between(before, edits.assign(before, [1], code(2)))
    assert Change.between(before, change.apply(before)) == change
    with pytest.raises(ConflictError, match="load it again"):
        change.apply(change.apply(before))
    with pytest.raises(ConflictError, match="load it again"):
        Change((), ((0, None, before.grids[0]),)).apply(before)


@given(st.data())
def test_any_edits_keep_every_cell_in_a_grid_and_can_be_taken_back(data: st.DataObject) -> None:
    start = now = draft(*data.draw(st.lists(st.integers(0, 4), min_size=2, max_size=12)))
    changes = []
    for _ in range(data.draw(st.integers(1, 8))):
        codes = [own.code for own in now.grids.values()]
        some = data.draw(st.lists(st.integers(0, len(now.labels) - 1), min_size=1, max_size=4))
        one, other = data.draw(st.sampled_from(codes)), data.draw(st.sampled_from(codes))
        what = data.draw(st.sampled_from(["assign", "create", "merge", "kind", "lock"]))
        try:
            if what == "assign":
                after = edits.assign(now, some, one)
            elif what == "create":
                after = edits.create(now, some, NUMBERING)
            elif what == "merge":
                after = edits.merge(now, [one, other])
            elif what == "kind":
                after = edits.set_kind(now, one, data.draw(st.sampled_from(list(edits.KINDS))))
            else:
                after = edits.lock(now, [one], locked=data.draw(st.booleans()))
        except (ConflictError, InputError):
            continue
        assert set(after.grids) == set(after.labels.tolist())
        assert len({own.code for own in after.grids.values()}) == len(after.grids)
        changes.append(Change.from_dict(Change.between(now, after).to_dict()))
        now = after
    for change in reversed(changes):
        now = change.inverse.apply(now)
    assert now.labels.tolist() == start.labels.tolist()
    assert dict(now.grids) == dict(start.grids)
