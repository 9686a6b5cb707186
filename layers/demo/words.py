"""The stock of words the made-up names are put together from. None is taken from a real district's list."""

from __future__ import annotations

import itertools

import numpy as np

STREETS = (
    "望川", "柳营", "东桥", "南浦", "槐荫", "青禾", "北塬", "云台", "沙洲", "新渡", "长亭", "平野",
)  # fmt: skip
COMMUNITY_HEADS = "春晴枫兰桐榆槐禾岚溪泊鹭"
COMMUNITY_TAILS = "和宁泽庭岭坊园台湾营汀屏"
MAIN_ROADS = (
    "锦川", "迎宾", "长虹", "文汇", "世纪", "朝晖", "凤鸣", "秋实", "望江", "青年", "丰登", "星火",
    "开元", "广济", "华宁", "联盟", "永兴", "通达", "旭日", "景明", "康复", "棉纺", "电工", "北环",
    "南环", "学府", "体育场", "火炬", "迎春", "创新", "劳动", "桃李",
)  # fmt: skip
ROAD_HEADS = "锦文玉兴同康育青勤宝银晨安荣泰丰瑞嘉明秀振德礼景永福惠和"
ROAD_TAILS = "华泉贤英才苑山源河阳光祥庆章仁林园宁平昌盛成达新民生业安"
COMPLEX_HEADS = (
    "锦绣", "翠湖", "金桂", "丽景", "东篱", "听澜", "云栖", "春晖", "枫林", "紫薇", "书香", "润泽",
    "康宁", "和顺", "万和", "泰安", "御景", "星河", "盛世", "嘉禾", "桃源", "兰亭", "竹韵", "梧桐",
    "银杏", "海棠", "芳草", "清波", "沁园", "天悦", "观澜", "龙湾", "凤栖", "华府", "都市", "阳光",
    "恒昌", "鸿运", "瑞祥", "福临", "安居", "民乐", "怡馨", "雅居", "半岛", "水岸", "绿洲", "橡树",
    "香榭", "北辰", "南苑", "碧桂", "玫瑰", "月亮湾", "金色", "学林", "翰林", "滨河", "城市", "幸福",
)  # fmt: skip
NEW_TAILS = ("华庭", "名邸", "公馆", "国际", "府", "雅苑", "新城", "御园", "世家", "湾", "上城", "天地")
MIDDLE_TAILS = ("小区", "花园", "家园", "苑", "新村", "佳苑", "社区花园", "住宅小区", "嘉园", "名苑")
WORKS = (
    "棉织一厂", "棉织二厂", "印染厂", "毛纺厂", "机床厂", "电子管厂", "显像管厂", "轴承厂", "橡胶厂", "化肥厂",
    "面粉厂", "食品公司", "粮食局", "供电局", "水务公司", "邮电局", "铁路", "第三建筑公司", "市政公司", "运输公司",
    "公交公司", "纺织机械厂", "仪表厂", "陶瓷厂", "玻璃厂", "造纸厂", "制药厂", "无线电厂", "农机厂", "柴油机厂",
    "汽修厂", "百货公司", "五金公司", "外贸公司", "地质队", "勘察院", "设计院", "师范学校", "财政局", "教育局",
    "卫生局", "税务局", "人民医院", "中医院", "供销社", "木材公司", "医药公司", "烟草公司", "建材厂", "水泥厂",
)  # fmt: skip
WORKS_TAILS = ("家属院", "生活区", "职工住宅区", "家属区", "宿舍大院")
LONG_COMPLEX = "锦川区城市更新示范片区保障性租赁住房与人才公寓（含原机床厂北生活区改造安置房）"
"""One complex has it: names in registers are sometimes longer than any label."""

SEQUENCE = "一二三四五六七八九"


def pick(
    rng: np.random.Generator, heads: str | tuple[str, ...], tails: str | tuple[str, ...], count: int
) -> list[str]:
    """`count` different combinations of a head and a tail; numbered once the stock runs out.

    >>> sorted(pick(np.random.default_rng(1), "ab", "c", 2))
    ['ac', 'bc']
    """
    stock = [head + tail for head, tail in itertools.product(heads, tails)]
    order = rng.permutation(len(stock))
    rounds = (count - 1) // len(stock) if count else 0
    names = [stock[int(i)] for i in order]
    names += [f"{name}{chinese(turn + 1)}区" for turn in range(1, rounds + 1) for name in names[: len(stock)]]
    return names[:count]


def chinese(number: int) -> str:
    """A number from 1 to 99 in Chinese numerals.

    >>> chinese(7), chinese(10), chinese(21)
    ('七', '十', '二十一')
    """
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else SEQUENCE[tens - 1] + "十"
    return head + (SEQUENCE[ones - 1] if ones else "")
