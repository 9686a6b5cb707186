"""The words of written addresses that are no names: remarks, landmarks, ways in, endings of complexes, provinces."""

from __future__ import annotations

import re


def words(text: str) -> tuple[str, ...]:
    """The words of a list as one writes it.

    >>> words("室 户")
    ('室', '户')
    """
    return tuple(text.split())


SUFFIXES = words(
    "住宅小区 安置小区 改造小区 职工宿舍 职工家属院 家属小区 家属院 家属楼 家属区 生活小区 生活区 福利区 宿舍楼 宿舍区 宿舍 住宅楼 住宅区 "
    "花园 家园 嘉园 佳园 雅园 名园 馨园 欣园 庄园 花苑 家苑 嘉苑 佳苑 雅苑 名苑 新苑 馨苑 丽苑 御苑 华苑 逸苑 景苑 "
    "小区 新区 新村 新城 公寓 华庭 雅庭 豪庭 名庭 嘉庭 佳庭 庭院 广场 国际 丽都 名都 新都 名邸 官邸 府邸 公馆 雅居 新居 名居 佳居 嘉居 "
    "华府 名府 御府 学府 山庄 别墅 大厦 中心 大院 花城 名城 锦城 豪园 苑 里 府"
)
"""Endings of complex names, longest first where one ends another. A name without its ending is its core."""

LANDMARK_WORDS = words(
    "正对面 斜对面 对面 对过 旁边的 旁边 旁 隔壁 后面的 后面 前面 背后 附近的 附近 北侧 南侧 东侧 西侧 北边 南边 东边 西边 楼下 路口 交叉口 交汇处"
)
"""What follows the name of a landmark."""
BESIDE_WORDS = words("正对面 斜对面 对面 对过 旁边 旁 隔壁 后面 前面 背后 附近")
"""Of these the ones that mean another place than the one named before them: 3号楼 旁边."""
REMARK_WORDS = words("户主 户籍 户口 门禁 门卫 楼长 楼道 房东 房主 房客 房屋 单身 小孩 大人 中介")
"""What begins a remark, though its first character may begin a level of an address."""
NEAR_WORDS = words("靠近 临近 紧邻 毗邻 邻近 挨着")
"""What goes before the name of a landmark."""

WAYS_IN = words(
    "小区内 小区里 小区院内 院内 院里 大院内 大院 里面 里头 家属区 家属院内 住宅区 生活区 东门进去 西门进去 南门进去 北门进去 大门进去 进去 "
    "东门 西门 南门 北门 正门 大门口 大门 门口 东院 西院 南院 北院 后院 前院 东侧 西侧 南侧 北侧"
)
"""Words between a complex and its building that change nothing; a phase of the register goes before them."""

PREFIX = re.compile(
    r"(?:(?:现住址|现住地|现居住地址?|现住|现居|户籍所在地|户籍地址?|户籍地|户口所在地|户口地址|常住地址?|常住地?|居住地址?|居住地|经常居住地|暂住地址?|暂住地?|"
    r"家庭住址|家庭地址|通讯地址|联系地址|收货地址|详细地址|身份证地址|单位地址|租住|租房|家住|居住|借住|寄住|住在|住址|地址|住所|住)(?:为|是|于|在|地址)?(?=[^\d]))+"
)
"""What a form or a clerk puts before the address."""

PROVINCES = words(
    "北京 天津 上海 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南 四川 贵州 云南 陕西 甘肃 青海 "
    "台湾 内蒙古 广西 西藏 宁夏 新疆 香港 澳门"
)
PROVINCE = re.compile(
    f"({'|'.join(PROVINCES)})(?:省|市(?=[^场政委区])|维吾尔自治区|壮族自治区|回族自治区|自治区|特别行政区)"
)
CITY = re.compile(
    r"([^\W区县街路社镇村巷号]{2,7}?(?:自治州|地区|盟)|[^\W\d区县街路社镇村巷号]{2,4}?市)(?![场政委府局区民])"
)
DISTRICT = re.compile(
    r"((?:(?![街路社镇村巷号])[\u4e00-\u9fff]){1,5}?(?:自治县|自治旗|[区县市旗]))(?=[\u4e00-\u9fff])(?![场政委府局])"
)
AFTER_DISTRICT = re.compile(r"[\u4e00-\u9fff]{1,8}?(?:街道|镇|乡|办事处|社区|村|路|大街|大道|街|巷|胡同)")
"""What follows the name of a district, where nothing before it says that it is one."""
NO_DISTRICT = re.compile(
    r"(?:[小社园院期库厂校新老东西南北中一二三四五六七八九十]|(?:开发|高新|工业|经济|生活|福利|家属|住宅|宿舍|安置|商业|街|路|景|管理|保税|示范|风景))区$"
    r"|(?:城|菜|超|门|夜|都)市$"
)
"""An ending in 区 or 市 that is no administrative district."""
CITY_OF_NAME = re.compile("(?:成|江|宜)都市$")
"""Cities that end like 都市, which is none."""
NAME_CHARACTERS = frozenset(
    "安柏宝碧彩昌晨城春翠丹德东枫丰福富港高光桂国海豪和河荷恒宏虹鸿湖花华晖辉惠慧吉佳嘉建江金锦京景静君凯康兰蓝乐丽莲林龙隆绿美"
    "梦民明茂梅宁鹏平清庆泉仁荣瑞润山上尚生盛诗世书水顺松苏泰唐桃腾天亭庭同万薇文梧西溪锡祥翔香馨兴星秀轩雅亚阳怡逸艺银英永优友"
    "幸谊解放团结胜利进红旗向建设文化工农朝劳动杏梨柳槐榆樱枣桐杉桑梓莉薇菊荷葵蔷棠榕楠橡桦椿苹果谷岸湾洲岛畔阁峰岭台坊堂桥"
    "雨玉裕誉御元园源远月悦云韵泽长兆正知中忠珠竹紫尊南北新老旧大小前后"
    "王李张刘陈杨赵黄周吴徐孙胡朱郭何罗郑梁谢宋许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆石戴贾韦夏付方白邹孟熊秦邱侯薛闫段雷史陶贺顾毛郝龚邵万钱严武戚莫孔汤"
)
"""What names of places are made of: one of these in the wrong place is rather another name than a slip."""
TELLING = frozenset("东西南北中新老旧大小前后上下")
"""One of these more or less in a core makes another place: 纺机厂家属院, 纺机厂新家属院."""
PHASE_ENDINGS = words("期 区 标段 组团 地块 片区")
"""What the phases of a complex are called, after their number."""
PHASE_WORDS = frozenset(words("东院 西院 南院 北院 后院 前院"))
"""Ways in that may as well be a phase."""
