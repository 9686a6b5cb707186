"""What is wrong with the parameters of a request, in words its sender can act on, in both languages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from fastapi.exceptions import RequestValidationError

from geo.errors import Words
from geo.texts import shown

_MAX_VALUE = 60
_SECRET = frozenset({"password", "old_password", "new_password"})
"""Parameters whose values are not said again."""


class Complaint(NamedTuple):
    """One parameter that cannot be used."""

    parameter: str
    value: str
    """As sent, shortened; empty when nothing was."""
    reason: str


_Limits = Mapping[str, Any]
_SAID: dict[str, Callable[[_Limits], Words]] = {
    "string_type": lambda _: Words("is not a text", "不是文字"),
    "missing": lambda _: Words("is missing; give it", "缺少；请填写"),
    "string_too_short": lambda _: Words("is empty; fill it in", "为空；请填写"),
    "string_too_long": lambda c: Words(
        f"has more than {c['max_length']} characters", f"超过 {c['max_length']} 个字符"
    ),
    "float_parsing": lambda _: Words("is not a number", "不是数字"),
    "int_parsing": lambda _: Words("is not a whole number", "不是整数"),
    "finite_number": lambda _: Words("must be a finite number", "应为有限的数字"),
    "greater_than_equal": lambda c: Words(f"must be at least {c['ge']:g}", f"不得小于 {c['ge']:g}"),
    "less_than_equal": lambda c: Words(f"must be at most {c['le']:g}", f"不得大于 {c['le']:g}"),
    "literal_error": lambda c: Words(f"must be {c['expected']}", f"只能是 {c['expected']}"),
    "enum": lambda c: Words(f"must be {c['expected']}", f"只能是 {c['expected']}"),
    "string_pattern_mismatch": lambda c: Words(
        f"does not have the form {c['pattern']}", f"格式应为 {c['pattern']}"
    ),
    "date_parsing": lambda _: Words("is not a date; write YYYY-MM-DD", "不是日期；请写作 YYYY-MM-DD"),
    "date_from_datetime_parsing": lambda _: Words(
        "is not a date; write YYYY-MM-DD", "不是日期；请写作 YYYY-MM-DD"
    ),
    "date_from_datetime_inexact": lambda _: Words(
        "must be a date without a time; write YYYY-MM-DD", "应为不带时间的日期；请写作 YYYY-MM-DD"
    ),
}
"""By pydantic's type of error. Others keep pydantic's own words, which are English."""


def complaint(kind: str, parameter: str, value: Any, lang: str, **limits: Any) -> Complaint:
    """What is wrong with one parameter, in the words for pydantic's type of error `kind`.

    >>> complaint("float_parsing", "lon", "x", "en").reason
    'is not a number'
    """
    return Complaint(
        parameter, shown("" if value is None else str(value), most=_MAX_VALUE), _SAID[kind](limits).text(lang)
    )


def complaints(error: RequestValidationError, lang: str) -> list[Complaint]:
    """Every parameter that cannot be used, in the order of the signature."""
    found = []
    for one in error.errors():
        kind = str(one.get("type", ""))
        said = _SAID.get(kind)
        reason = said(one.get("ctx") or {}).text(lang) if said else str(one.get("msg", ""))
        where = [str(part) for part in one.get("loc", ())]
        value = "" if kind == "missing" or _SECRET & {*where} else str(one.get("input", ""))
        found.append(Complaint(".".join(where[1:] or where), shown(value, most=_MAX_VALUE), reason))
    return found
