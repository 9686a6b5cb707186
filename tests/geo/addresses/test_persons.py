"""Nothing of a person stays in an address that is kept, and nothing of the address goes with it. All made up."""

from __future__ import annotations

import pytest

from geo.addresses.text.persons import censored, is_personal_key, without_persons

HOME = "石榴花园3号楼2单元501室"


@pytest.mark.parametrize(
    ("written", "names", "phones", "papers"),
    [
        (f"户主张三，{HOME}", 1, 0, 0),
        (f"户主：张三丰 {HOME}", 1, 0, 0),
        (f"姓名:欧阳修远;{HOME}", 1, 0, 0),
        (f"{HOME}（联系人：李四）", 1, 0, 0),
        (f"收件人 王五 {HOME}", 1, 0, 0),
        (f"租户：王芳 {HOME}", 1, 0, 0),
        (f"张三（户主）{HOME}", 1, 0, 0),
        (f"张三：{HOME}", 1, 0, 0),
        (f"{HOME} 张先生", 1, 0, 0),
        (f"{HOME}李女士", 1, 0, 0),
        (f"{HOME} 张三", 1, 0, 0),
        (f"{HOME}（张三的房子）", 1, 0, 0),
        (f"户主 ZHANG SAN {HOME}", 1, 0, 0),
        (f"{HOME} 13800138000", 0, 1, 0),
        (f"{HOME}13800138000", 0, 1, 0),
        (f"{HOME} 138 0013 8000", 0, 1, 0),
        (f"{HOME} 138-0013-8000", 0, 1, 0),
        (f"{HOME}+86 13800138000", 0, 1, 0),
        (f"{HOME} １３８００１３８０００", 0, 1, 0),
        (f"{HOME} 一三八零零一三八零零零", 0, 1, 0),
        (f"{HOME} 138\u200b00138000", 0, 1, 0),
        (f"{HOME} 138****8000", 0, 1, 0),
        (f"{HOME} 029-87654321", 0, 1, 0),
        (f"{HOME} (029)87654321转12", 0, 1, 0),
        (f"{HOME} 02987654321", 0, 1, 0),
        (f"{HOME} 电话：8765432", 0, 1, 0),
        (f"{HOME} 87654321", 0, 1, 0),
        (f"{HOME} 微信zhangsan88", 0, 1, 0),
        (f"{HOME} zhang.san@example.com", 0, 1, 0),
        (f"{HOME} 610402198001011234", 0, 0, 1),
        (f"{HOME} 61040219800101123X", 0, 0, 1),
        (f"{HOME} 61040219800101123x", 0, 0, 1),
        (f"{HOME} 610402 19800101 1234", 0, 0, 1),
        (f"{HOME} ６１０４０２１９８００１０１１２３４", 0, 0, 1),
        (f"{HOME}身份证号：610402800101123", 0, 0, 1),
        (f"{HOME} 610402********1234", 0, 0, 1),
        (f"{HOME} 护照E12345678", 0, 0, 1),
        (f"{HOME} EA1234567", 0, 0, 1),
        (f"{HOME} 6222021234567890123", 0, 0, 1),
        (f"{HOME} 6222 0212 3456 7890 123", 0, 0, 1),
        (f"{HOME} 陕D12345", 0, 0, 1),
        (f"户主张三，{HOME} 电话13800138000 610402198001011234", 1, 1, 1),
        (f"{HOME} 王五 13912345678", 1, 1, 0),
        (f"{HOME}王五13912345678", 1, 1, 0),
        (f"{HOME}(联系人:周杰/电话:0910-3355667)", 1, 1, 0),
    ],
)
def test_persons_are_cut_out_and_the_address_stays(
    written: str, names: int, phones: int, papers: int
) -> None:
    kept = without_persons(written)
    assert kept == (HOME, names, phones, papers)


def test_a_name_that_runs_into_the_address_goes_whole() -> None:
    kept = without_persons("户主张三石榴花园3号楼2单元501室")
    assert "张三" not in kept.text
    assert kept.text.endswith("榴花园3号楼2单元501室")


@pytest.mark.parametrize(
    "written",
    [
        HOME,
        "租户：芙蓉苑3号楼",
        "住户：黄河小区3号楼201",
        "石榴花园3号楼2单元501室 高层",
        "石榴花园3号楼2单元501室 安置房",
        "石榴花园131-1201-1202",
        "石榴花园12栋 1201 1202 1203 1204",
        "石榴花园12栋1201、1202、1203、1204室",
        "电话局家属院3号楼",
        "业主委员会 石榴花园3号楼",
        "710000 陕西省咸阳市石榴花园3-2-501",
        "王家村三组15号",
        "秦都区人民西路12号A座B3176",
        "现住址：秦都区张家胡同15号",
        "瑞华府16号3单*元201室",
        "",
    ],
)
def test_an_address_without_persons_is_left_as_it_is(written: str) -> None:
    assert without_persons(written) == (written, 0, 0, 0)


@pytest.mark.parametrize(
    "key",
    [
        "610402198001011234", "61040219800101123X", "61040219800101123x", "610402800101123", "610402 19800101 1234", "13800138000",
        "138-0013-8000", "+8613800138000", "１３８００１３８０００", "029-87654321", "E12345678", "EA1234567", "6222021234567890123",
        "610402********1234", "138****8000",
    ],
)  # fmt: skip
def test_keys_that_are_numbers_of_persons(key: str) -> None:
    assert is_personal_key(key)


@pytest.mark.parametrize(
    "key", ["H1", "3-2-501", "1001", "201703150001", "a3f0c11d", "H00012345", "户-17", ""]
)
def test_keys_of_households(key: str) -> None:
    assert not is_personal_key(key)


def test_a_fault_repeats_no_person() -> None:
    for text in ("13800138000", "张三 13800138000", "E12345678", "户主张三"):
        assert not any(part in censored(text) for part in ("138", "张三", "123"))
    assert censored("abc") == "abc"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("张三，石榴花园3号楼2单元503室", "石榴花园3号楼2单元503室"),
        ("王小明、石榴花园三号楼", "石榴花园三号楼"),
        ("石榴花园3号楼2单元505室王小明家", "石榴花园3号楼2单元505室"),
        ("石榴花园505李四租", "石榴花园505"),
    ],
)
def test_names_before_a_whole_address_and_behind_a_room(text: str, kept: str) -> None:
    found = without_persons(text)
    assert (found.text, found.names) == (kept, 1)


@pytest.mark.parametrize(
    "text",
    [
        "江苏，石榴花园3号楼",
        "黄山，石榴花园3号楼",
        "高新，石榴花园3号楼",
        "丁家湾，石榴花园3号楼",
        "金海，3号楼501",
        "石榴花园501室白家",
    ],
)
def test_places_that_begin_as_names_stay(text: str) -> None:
    assert without_persons(text).text == text
