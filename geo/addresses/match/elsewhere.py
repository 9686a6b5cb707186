"""Whether an address names another province, city or district than the gazetteer's own."""

from __future__ import annotations

from geo.addresses.register.gazetteer import Areas
from geo.addresses.text.characters import sound
from geo.addresses.text.normalise import plain_name
from geo.addresses.text.words import AFTER_DISTRICT, CITY, CITY_OF_NAME, DISTRICT, NO_DISTRICT, PROVINCE

_NO_DISTRICT_SOUNDS = ("xiao qu", "she qu")
_SHORTEST_ALONE = 2
"""A shorter name in 区 or 县 without its city before it may be anything."""


class Elsewhere:
    """Recognises other districts; keep one for a gazetteer."""

    def __init__(self, areas: Areas) -> None:
        self._province, self._city, self._district = (
            plain_name(name) for name in (areas.province, areas.city, areas.district)
        )
        self._own = {sound(name) for name in (self._province, self._city, self._district) if name}
        self._here = tuple(
            start
            for start in (self._city + self._district, self._province + self._city + self._district)
            if start
        ) + ((self._district,) if self._district else ())
        self._short_province, self._short_city = (
            self._province.removesuffix("省"),
            self._city.removesuffix("市"),
        )

    def found(self, text: str) -> tuple[str, int]:
        """The other area that `text` names first and where its name ends; empty when there is none but the own.

        >>> here = Elsewhere(Areas("陕西省", "咸阳市", "秦都区"))
        >>> here.found("四川省成都市武侯区玉瑞嘉园"), here.found("咸阳市渭城区新兴街道"), here.found("咸阳市秦都区丹阁府")
        (('四川省', 3), ('渭城区', 6), ('', 0))
        """
        if not self._district or text.startswith(self._here):
            return "", 0
        at = 0
        province = PROVINCE.match(text)
        if province is not None:
            at = province.end()
            if self._province and not self._province.startswith(province[1]):
                return province[0], at
        elif self._province and text.startswith(self._short_province):
            at = len(self._short_province)
        city = CITY.match(text, at)
        if city is not None and (CITY_OF_NAME.search(city[1]) or not NO_DISTRICT.search(city[1])):
            at = city.end()
            if sound(city[1]) not in self._own:
                return city[1], at
        elif self._city and text.startswith(self._short_city, at):
            at += len(self._short_city)
        district = DISTRICT.match(text, at)
        if district is None or NO_DISTRICT.search(district[1]) or sound(district[1]) in self._own:
            return "", 0
        if sound(district[1]).endswith(_NO_DISTRICT_SOUNDS):
            return "", 0
        if at == 0 and (len(district[1]) < _SHORTEST_ALONE or not AFTER_DISTRICT.match(text, district.end())):
            return "", 0
        return district[1], district.end()
