"""The forms that words of an area have: sides, bounds, rings, stretches, what is left out."""

from __future__ import annotations

import re

JOINERS = re.compile(r"(?:以及|还有|另有|另外|其中|具体为|及)(?=.):?")
INCLUDED = re.compile(r"(?:包括|包含|另含|含|即)(?=.):?")
EXCLUDED = re.compile(r"(?:除了?|不包括|不包含|不含|剔除|扣除)(?=.):?")
EXCLUDED_AFTER = re.compile(
    r"(?:除外|不包括|不包含|不含|不在内|不计|(?<=[^以])以?外)(?:的?(?:地区|区域|部分))?$"
)
WHOLE = re.compile(
    r"(?:的)?(?:全部|全域|整体|全体|全小区|全村|全境|整个|所有(?:居民|住户|楼栋|楼房)?|全(?=$))(?:居民|住户|楼栋|楼房|区域)?$"
)
ETC = re.compile(r"等(?:小区|地区|区域|路段|楼栋|地)?$")
FLUFF = re.compile(
    r"(?:的)?(?:地区|区域|范围|地块|地段|片区内|一带|部分)?(?:之内|以内|范围内|内)?(?:居民|住户|户籍|适龄儿童)?$"
)
AREA_ENDS = re.compile(r"(?:地区|区域|范围|一带|之内|以内)(?:内|之内)?$")
RING = re.compile(
    r"^(?P<names>.+?)(?:所|共同|四路|四周)?(?:合围|围合|围成|围绕|环绕|包围|所围|围)(?:而成|成|起来)?(?:的)?"
    r"(?:区域|范围|地区|地块|街区|部分|片区|地带)?(?:内|之内|以内)?$"
)
DIRECTION = "东南|东北|西南|西北|东|南|西|北"
BOUND = re.compile(
    rf"^({DIRECTION})(?:面|边|侧|部|界线|界)?(?::|至|到|起于|起|临(?!街)|靠|邻|毗邻|接|抵|以|为|与|沿)+(.+?)"
    r"(?:道路|路|街)?(?:为界|为边界|为线|相邻|接壤|交界|为止|止|中心线|街心|路心|中线)*$"
)
SEVERAL_BOUNDS = re.compile(r"(?<=.)(?=[东南西北](?:至|到(?!底)|临|邻|以))")
SIDE = re.compile(rf"^(.*?)(?:以|之)({DIRECTION})(?:侧|面|边|方向|部(?!分))?(?:的)?(.*)$")
BESIDE = re.compile(
    r"^(.*?(?:路|街|道|巷|弄|胡同|河|江|港|浜|线|铁路|公路|渠|塘|段|桥|[\ue000-\uf8ff]))([东南西北两])(?:侧|面|边|旁)(?:的)?(.*)$"
)
SECTION = re.compile(
    r"^(.*?)(?:自|从|由)?([^自从由]+?)(?:路口|口)?(?:至|到)([^至到]+?)(?:路口|交叉口|口)?(?:一段|的一段|路段|之间|(?<![东西南北中])段)$"
)
STRETCH_OF = re.compile(r"^(.*?(?:路|街|道|巷|河|江|大道))(?:自|从|由).+(?:至|到).+$")
NEIGHBOUR = re.compile(r"(?:路|街|巷|道|胡同|河|江|湖|渠|浜|港|铁路|高速|公路|线|桥|网格|社区|村|街道|镇)$")
"""How that ends which may lie beside an area: a line, another grid, another community."""
VILLAGE_SIDE = re.compile("^(.{2,}(?:村|社区|小区))([东南西北])$")
LABEL = re.compile(r".*(?:范围|包括|包含|四至|如下|学区|施教区|招生|服务区|所含|地段|区域|界址|小区)$")
NO_PLACE = re.compile(r".*(?:学籍|毕业生|直升|招生对象|年龄|户口迁|派位|摇号|另行|无固定|自主招生)")
PARITY_END = re.compile("(.*?)([单双])号侧?")
"""A parity right behind a name: 中山路单号."""
PHASE = re.compile("第?(?:[一二三四五六七八九十0-9]{1,3}[期村区]|[东西南北中]区)$")
"""What several names in a row may differ by alone: 芙蓉一村、二村."""
STEM = re.compile("[甲乙丙丁]")
FROM_TO = re.compile("^(.*?)(?:自|从|由)(.+?)口?(?:至|到)(.+?)口?$")
GRID_LABEL = re.compile(".{0,12}网格")
LINE_END = re.compile(r"一线$|沿线$")
