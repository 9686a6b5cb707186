"""Real forms of addresses and the fields they must come apart into, read without any register."""

from __future__ import annotations

import pytest

from geo.addresses.parts.parse import parse, written

FORMS = """
成都市武侯区天府大道中段530号1栋2单元29层2905号|district=武侯区 road=天府大道中段 road_number=530 building=1 unit=2 floor=29 room=2905
浦东新区世纪大道88号金茂大厦52F|district=浦东新区 road=世纪大道 floor=52
天津市滨海新区第三大街16号|district=滨海新区 road=第三大街 road_number=16
西安市高新区科技路25号2幢1单元1501|city=西安市 district=高新区 road=科技路 building=2 unit=1 room=1501
合肥经济技术开发区繁华大道100号|district=经济技术开发区 road=繁华大道 road_number=100
大连市开发区金马路188号3楼|district=开发区 road=金马路 floor=3
杭州市拱墅区湖墅南路199号东2幢1单元602室|road_number=199 complex= building=东2 unit=1 room=602
芙蓉苑西12栋301|complex=芙蓉苑 building=西12 room=301
南3号楼2单元501|building=南3 unit=2 room=501
幸福家园A3栋1单元502|building=A3 unit=1 room=502
建设路3号北楼302|road_number=3 building=北 room=302
丹景嘉园东区2幢301|complex=丹景嘉园 phase=东区 building=2 room=301
长宁路999弄36支弄12号甲202室|road=长宁路 building=12甲 room=202 complex= rest=
苏州市姑苏区人民路附12号3-2-501|road=人民路 road_number=附12 complex= building=3 unit=2 room=501
人民路6号附3|road=人民路 road_number=6附3
人民路6号附3号2单元501|road=人民路 road_number=6附3 unit=2 room=501
人民路12号甲301室|road_number=12甲 room=301
朝阳门外大街甲6号万通中心C座地下一层|road=朝阳门外大街 road_number=甲6 complex=万通中心 building=C floor=-1 rest=
人民路甲6号院3号楼2单元501|road_number=甲6 building=3 unit=2 room=501
南京市鼓楼区汉口路22号3舍5楼512|building=3 floor=5 room=512 complex=
学府路1号15号宿舍楼301|road_number=1 building=15 room=301
研究生公寓6栋302|complex=研究生公寓 building=6 room=302
清华大学6公寓302|complex=清华大学 building=6 room=302
张家村三组15号|community=张家村 rest=三组 road_number=15
李庄村2队8号|community=李庄村 rest=2队 road_number=8
王村五社|community=王村 rest=五社
沿山村5组6号|community=沿山村 rest=5组 road_number=6
上海市徐汇区漕溪北路28号实业大厦15楼F座|complex=实业大厦 building=F floor=15
北京市海淀区中关村南大街5号院2号楼3单元1201|road=中关村南大街 road_number=5 building=2 unit=3 room=1201
武汉市洪山区珞喻路1037号华中科技大学西一区12栋401|complex=华中科技大学 phase=西一区 building=12 room=401
龙湖天街B座1502B|complex=龙湖天街 building=B room=1502B road=
西安市雁塔区丈八东路1号院东区7号楼4门9层东户|road=丈八东路 road_number=1 phase=东区 complex= building=7 unit=4 floor=9 room=东户
1号楼底商3号|building=1 room=3
芙蓉苑3号楼底商|complex=芙蓉苑 building=3 rest=底商
人民路12号商铺5|road_number=12 room=5
幸福小区5栋商铺103|building=5 room=103
万达广场2层213铺|complex=万达广场 floor=2 room=213
电子城三楼A区12档口|floor=3 room=12
建材市场5栋12号门面|building=5 room=12
一号楼东单元201|building=1 unit=东 room=201
二单元三楼西户|unit=2 floor=3 room=西户
1-1-101|building=1 unit=1 room=101
1-101|building=1 room=101
12-1202|building=12 room=1202
A-1201|building=A room=1201
8号楼B座901|building=8 unit=B room=901
3栋A单元|building=3 unit=A
5栋3A02|building=5 room=3A02
华光大厦负一楼|complex=华光大厦 floor=-1
华光大厦B2层|complex=华光大厦 floor=B2
华光大厦夹层|complex=华光大厦 floor=夹
1#楼2#单元301|building=1 unit=2 room=301
六楼601|floor=6 room=601
人民路8号3楼东|road_number=8 floor=3 room=东
人民路8号101-103室|road_number=8 room=101-103
芙蓉苑5栋上下层|complex=芙蓉苑 building=5 rest=上下层
解放中路8号|road=解放中路 road_number=8
天府大道北段1700号3栋|road=天府大道北段 road_number=1700 building=3
东三环北路8号|road=东三环北路 road_number=8
二环路南四段51号|road=二环路南四段 road_number=51
南锣鼓巷胡同12号|road=南锣鼓巷胡同 road_number=12
砖塔胡同21号院|road=砖塔胡同 road_number=21
槐树巷7号2单元301|road=槐树巷 road_number=7 unit=2 room=301
永安里5号楼301|complex=永安里 building=5 room=301
东四十条21号|road=东四十条 road_number=21
北新桥三条12号|road=北新桥三条 road_number=12
107国道35公里处|road=107国道
省道S203线12号|road=省道S203线 road_number=12
解放路与人民路路口|road=解放路
人民路8-1号301室|road=人民路 road_number=8-1 room=301
人民路8号之2|road=人民路 road_number=8之2
人民路1号院内2号楼301|road=人民路 road_number=1 building=2 room=301
朝阳路5号院3号楼|road=朝阳路 road_number=5 building=3
张家村村口|community=张家村
人民路88号如家酒店302房|road=人民路 road_number=88 complex=如家酒店 room=302
人民路12号A3栋502|road_number=12 building=A3 room=502
东莞市松山湖高新区科技路3号|city=东莞市 district=松山湖高新区 road=科技路 road_number=3
成都高新区天府三街199号B座12楼|district=高新区 road=天府三街 road_number=199 building=B floor=12
苏州工业园区星湖街328号|district=工业园区 road=星湖街 road_number=328
高新区锦绣花园3栋|district=高新区 complex=锦绣花园 building=3
幸福新区3栋201|complex=幸福新区 district= building=3 room=201
雄安新区容城县罗萨大街|district=容城县 rest=雄安新区
中关村东路18号财智国际大厦C座1201|road=中关村东路 road_number=18 complex=财智国际大厦 building=C room=1201
杨村路5号|road=杨村路 road_number=5
恒大名都5#2-1301|building=5 unit=2 room=1301
建设西路9号甲栋201|road_number=9 building=甲 room=201
建国路乙118号京汇大厦1205|road_number=乙118 complex=京汇大厦 room=1205
和平里七区甲15号楼3单元501|complex=和平里 phase=七区 building=甲15 unit=3 room=501
人民路12号甲2单元301|road_number=12甲 unit=2 room=301
人民路12号乙3号楼|road_number=12 building=乙3
人民路12号甲栋301|road_number=12 building=甲 room=301
人民路88号2-301|road_number=88
3舍五楼512|building=3 floor=5 room=512
十五舍302|building=15 room=302
东区15号宿舍楼302室|building=15 room=302
职工宿舍3号楼201|complex=职工宿舍 building=3 room=201
铁路宿舍5栋201|complex=铁路宿舍 building=5 room=201
水电局2宿舍5栋201|building=5 room=201
人民路8号第一公寓302|complex=第一公寓 room=302
国际公寓A座301|complex=国际公寓 building=A room=301
建设路3号北楼|road_number=3 building=北
建设路3号北楼三层|road_number=3 building=北 floor=3
望江南楼|building=
湖西3号楼201|building=3 room=201
城东5栋301|complex=城东 building=5
芙蓉苑东区2幢301|complex=芙蓉苑 phase=东区 building=2
芙蓉苑东3-2-501|complex=芙蓉苑 building=东3 unit=2 room=501
芙蓉苑甲3号楼501|complex=芙蓉苑 building=甲3 room=501
人民路8号东区2幢|road_number=8 phase=东区 building=2 complex=
深圳市南山区高新区科技南一路8号|district=南山区 road=科技南一路 road_number=8
天府新区华阳街道正西街5号|district=天府新区 street=华阳街道 road=正西街
重庆市两江新区金开大道68号3幢5-2|district=两江新区 road=金开大道 building=3 room=5-2
郑州市郑东新区商务外环路8号|district=郑东新区 road=商务外环路 road_number=8
兰州新区纬一路100号|district=兰州新区 road=纬一路
江北新区3栋201|complex=江北新区 building=3
青岛市黄岛区长江中路216号|city=青岛市 district=黄岛区 road=长江中路
成都市锦江区红星路三段1号|road=红星路三段 road_number=1
成都市金牛区一环路北三段18号|road=一环路北三段
沈阳市和平区南京北街206号|road=南京北街
长沙市岳麓区麓山南路932号中南大学校本部学生公寓18栋305|road=麓山南路 building=18 room=305
天津市河西区解放南路256号泰达大厦16层B区|complex=泰达大厦 floor=16
上海市黄浦区南京东路100弄5支弄8号二楼|road=南京东路 road_number=100弄5支弄 building=8 floor=2
上海市静安区延安中路955弄14号底楼|road=延安中路 road_number=955 building=14
上海市徐汇区斜土路2084弄3号甲|building=3甲
西城区西四北大街甲2号|road=西四北大街 road_number=甲2
东城区南河沿大街华龙街A段3层|floor=3
石景山区八角北里12栋3门401|complex=八角北里 building=12 unit=3 room=401
丰台区方庄芳城园一区15号楼2106|building=15 room=2106
大兴区黄村镇兴华大街3段15号|street=黄村镇 road=兴华大街3段
重庆市渝中区中山三路153号附6号|road=中山三路 road_number=153附6
重庆市渝中区解放碑民权路28号英利国际金融中心48-1|road=解放碑民权路 district=渝中区
昆明市官渡区关上街道双桥村三组52号附1号|community=双桥村 road_number=52附1
李家庄5号|road=
张家村15号2楼|community=张家村 road_number=15 floor=2
王村五社12号|community=王村 rest=五社 road_number=12
万达广场步行街1层1023号商铺|floor=1 room=1023
海印电器城2楼2B012档|floor=2
华强北赛格电子市场3楼3A25室|floor=3 room=3A25
中山路12号一层门面3号|road_number=12 floor=1 room=3
商业街8号|road=商业街 road_number=8
人民路8号之一|road_number=8之1
人民路8号之一201房|road_number=8之1 room=201
广州市天河区体育西路103号维多利广场A塔28楼|complex=维多利广场 building=A floor=28
广州市越秀区北京路238号之三|road_number=238之3
福州市鼓楼区五四路158号环球广场B座20层2003单元|building=B floor=20 room=2003
5#楼3单元201|building=5 unit=3 room=201
5号楼2门1202|building=5 unit=2 room=1202
6幢丙单元401|building=6 unit=丙 room=401
阳光花园7栋1梯302|building=7 unit=1 room=302
锦绣小区3排5号|complex=锦绣小区 building=3 room=5
东直门外大街48号东方银座B座22H|building=B room=22H
建外SOHO东区8号楼2502|phase=东区 building=8 room=2502
马连道路80号院甲3号楼201|road=马连道路 road_number=80 building=甲3 room=201
104国道与和平路交叉口北50米|road=104国道
西三条胡同8号|road=西三条胡同 road_number=8
前门大栅栏西街37号|road=前门大栅栏西街
中关村南三街6号|road=中关村南三街
大学城南二路8号|road=大学城南二路
杨村镇光明道5号|street=杨村镇 road=光明道
社区路5号|road=社区路
北京市朝阳区酒仙桥路甲12号电子城科技大厦15层|road=酒仙桥路 road_number=甲12 complex=电子城科技大厦 floor=15
乌鲁木齐市天山区新华南路808号|city=乌鲁木齐市 road=新华南路
人民路125号丁香公寓14号楼2门202室|road_number=125 complex=丁香公寓 building=14 unit=2 room=202
刘家村新区6号楼3门102室|complex=刘家村新区 building=6 unit=3 room=102
菜市场12号摊位|complex=菜市场 room=12
江都市仙女镇龙川路8号|city=江都市 street=仙女镇 road=龙川路
""".strip().splitlines()
"""One address a line, with what it says; a field without value is empty, of the rest one word is named."""


@pytest.mark.parametrize("form", FORMS)
def test_a_form_comes_apart(form: str) -> None:
    text, said = form.split("|")
    parts = parse(text)
    for field, value in (pair.split("=") for pair in said.split()):
        got = getattr(parts, field)
        assert value in got.split() if field == "rest" and value else value == got, (field, parts)


@pytest.mark.parametrize("plate", ["甲6", "附12", "12甲", "6附3", "8之2", "999弄36支弄"])
def test_a_door_plate_is_written_as_it_is_read(plate: str) -> None:
    parts = parse(f"人民路{plate}{'' if plate.endswith('弄') else '号'}")
    assert parts.road_number == plate
    assert parse(written(parts)) == parts
