"""What GET and POST /api/locate are asked: one parser for every parameter, from a query or from a JSON object."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, NamedTuple, get_args

import numpy as np

from api.answers.datums import to_kept
from api.answers.questions import MOST_ADDRESS_CHARACTERS
from api.http.problems import ComplaintsError, lang_from
from api.http.queries import misplaced
from api.http.validation import Complaint, complaint
from api.settings import Lang
from geo.datums import Datum, datum_of
from geo.errors import InputError

KNOWN = frozenset({"address", "lon", "lat", "as_of", "crs", "lang"})
DATUMS: tuple[str, ...] = get_args(Datum)
LANGS: tuple[str, ...] = get_args(Lang)
_KEPT = ("EPSG:4490", "EPSG:4326")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_NO_NUMBER = ("nan", "inf", "infinity")
_POINT = re.compile(rb"lon=(-?[0-9]+\.?[0-9]*)&lat=(-?[0-9]+\.?[0-9]*)")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOST_LON, _MOST_LAT = 180, 90


class Question(NamedTuple):
    """A sound question: an address, or a point in EPSG:4490."""

    address: str | None
    lon: float
    """Degrees; meaningless where an address is asked."""
    lat: float
    as_of: date
    lang: Lang


def just_a_point(query: bytes) -> tuple[float, float] | None:
    """Longitude and latitude of the query that is asked most, sound and with nothing else to it; None for any other,
    whose every part `read_question` looks at.

    >>> just_a_point(b"lon=108.7&lat=34.3"), just_a_point(b"lon=108.7&lat=134.3")
    ((108.7, 34.3), None)
    """
    found = _POINT.fullmatch(query)
    if found is None:
        return None
    lon, lat = map(float, found.groups())
    return (lon, lat) if abs(lon) <= _MOST_LON and abs(lat) <= _MOST_LAT else None


def read_question(given: Sequence[tuple[str, Any]], *, today: date, accepted: str, lang: Lang) -> Question:
    """The question that parameters ask; `accepted` is the Accept-Language header, `lang` the language of the server.

    Raises `ComplaintsError` with everything that is wrong, `InputError` for an address and a point at once.

    >>> read_question([("lon", "108.7"), ("lat", "34.3")], today=date(2026, 11, 22), accepted="en", lang="zh")
    Question(address=None, lon=108.7, lat=34.3, as_of=datetime.date(2026, 11, 22), lang='en')
    """
    said = dict(given)
    answer_in = said.get("lang")
    tongue: Lang = answer_in if answer_in in LANGS else lang_from(str(answer_in or accepted), lang)
    if len(said) != len(given) or not KNOWN.issuperset(said):
        raise ComplaintsError(misplaced([(n, str(v)) for n, v in given], KNOWN, tongue), tongue)
    faults: list[Complaint] = []

    def wrong(parameter: str, kind: str, **limits: Any) -> None:
        faults.append(complaint(kind, parameter, said.get(parameter), tongue, **limits))

    if answer_in is not None and answer_in not in LANGS:
        wrong("lang", "literal_error", expected="'zh' or 'en'")
    as_of = _day(said["as_of"]) if "as_of" in said else today
    if as_of is None:
        wrong("as_of", "date_parsing")
    crs = datum_of(str(said.get("crs", "EPSG:4490")))
    if crs is None:
        wrong("crs", "literal_error", expected=", ".join(map(repr, DATUMS)))
    address, lon, lat = said.get("address"), 0.0, 0.0
    if address is None:
        lon = _degrees(said, "lon", _MOST_LON, wrong)
        lat = _degrees(said, "lat", _MOST_LAT, wrong)
    elif not isinstance(address, str):
        wrong("address", "string_type")
    elif not 0 < len(address) <= MOST_ADDRESS_CHARACTERS:
        wrong(
            "address",
            "string_too_long" if address else "string_too_short",
            max_length=MOST_ADDRESS_CHARACTERS,
        )
    if faults or as_of is None or crs is None:
        raise ComplaintsError(faults, tongue)
    if address is not None and ("lon" in said or "lat" in said):
        raise InputError(
            "give an address, or lon and lat, not both",
            "请只给出 address，或只给出 lon 与 lat，不要同时给出",
        )
    if crs not in _KEPT and address is None:
        kept_lon, kept_lat = to_kept(np.array([lon]), np.array([lat]), crs)
        lon, lat = float(kept_lon[0]), float(kept_lat[0])
    return Question(address, lon, lat, as_of, tongue)


def _day(value: Any) -> date | None:
    """Only YYYY-MM-DD is a date here."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) and _DAY.fullmatch(value) else None
    except ValueError:
        return None


def _degrees(said: dict[str, Any], name: str, most: int, wrong: Callable[..., None]) -> float:
    value = said.get(name)
    if value is None:
        wrong(name, "missing")
        return 0.0
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        number = float(value)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        number = float(value) if abs(value) <= most else math.copysign(most + 1.0, value)
    else:
        finite = str(value).lower().lstrip("+-") not in _NO_NUMBER
        wrong(name, "float_parsing" if finite else "finite_number")
        return 0.0
    if not math.isfinite(number):
        wrong(name, "finite_number")
    elif number < -most:
        wrong(name, "greater_than_equal", ge=-most)
    elif number > most:
        wrong(name, "less_than_equal", le=most)
    return number
