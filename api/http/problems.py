"""Errors on their way out: one table from error class to HTTP status, problem+json (RFC 9457) for all of them.

What is not in the table is 500 and tells the caller nothing; the log has the rest.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, NamedTuple

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.http.validation import Complaint, complaints
from api.settings import Lang
from geo.errors import (
    ConflictError,
    EmptyLayerError,
    FrameError,
    InputError,
    NotAllowedError,
    NotFoundError,
    StaleError,
    StoreError,
    VersionError,
    WanggeError,
    Words,
)
from layers.plans.days import FarDayError

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
_MAX_FAULTS = 100


class RefusedError(HTTPException):
    """A request that is refused for how it comes, not for what it asks; words in both languages."""

    def __init__(
        self, status: int, words: Words, *, name: str | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        """`name` is the last part of the problem's `type`, where programs act upon it."""
        super().__init__(status, words.en, dict(headers or {}))
        self.words, self.name = words, name


class ComplaintsError(Exception):
    """Parameters that cannot be used, all of them, in one language."""

    def __init__(self, found: Sequence[Complaint], lang: Lang) -> None:
        super().__init__(f"{len(found)} bad parameters")
        self.found, self.lang = tuple(found), lang


class Kind(NamedTuple):
    """How a class of errors leaves."""

    status: int
    name: str
    """Last part of the problem's `type`, stable for programs."""
    title: Words


KINDS: dict[type[Exception], Kind] = {
    StaleError: Kind(412, "stale", Words("Somebody changed it meanwhile", "已被他人修改")),
    EmptyLayerError: Kind(409, "empty", Words("There is nothing to answer from yet", "尚无数据")),
    FarDayError: Kind(422, "far-day", Words("The day is far away", "日期较远")),
    InputError: Kind(422, "bad-input", Words("The input is not usable", "输入有误")),
    NotFoundError: Kind(404, "not-found", Words("There is no such thing", "找不到")),
    ConflictError: Kind(409, "conflict", Words("The state of the store forbids it", "与当前状态冲突")),
    NotAllowedError: Kind(403, "not-allowed", Words("You lack the right", "没有权限")),
    VersionError: Kind(503, "being-exchanged", Words("A newer version is being brought in", "正在升级")),
    StoreError: Kind(503, "store-unavailable", Words("The store is not available", "数据库不可用")),
}
"""The one table; subclasses leave as their nearest ancestor in it."""

_UNLISTED = Kind(500, "internal", Words("Something went wrong inside", "内部错误"))
_UNLISTED_DETAIL = Words(
    "the server met an error it did not expect; its log says more", "服务器遇到意外错误；详情见服务器日志"
)
_STORE_DETAIL = Words(
    "the store cannot be used just now; /ready says why and the server's log says more",
    "数据库暂时不可用；原因见 /ready，详情见服务器日志",
)
_LANG = re.compile(rb"(?:^|&)lang=([A-Za-z-]+)")
_HTTP_TITLES = {
    400: Words("The request cannot be read", "请求无法识别"),
    401: Words("Nobody is signed in", "尚未登录"),
    403: Words("You lack the right", "没有权限"),
    404: Words("There is nothing at this address", "此地址不存在"),
    405: Words("This address does not take that method", "此地址不支持该方法"),
    408: Words("The request came too slowly", "请求超时"),
    413: Words("The body is too large", "请求内容过大"),
    415: Words("This kind of body is not taken", "不支持的内容类型"),
    421: Words("This server is not known by that name", "服务器名称不符"),
    428: Words("It must be said which state was seen", "须说明所见的状态"),
    429: Words("Too many requests", "请求过于频繁"),
    503: Words("Too much to do just now", "服务繁忙"),
}


def kind_of(error: BaseException) -> Kind:
    """How `error` leaves.

    >>> from geo.errors import FileError
    >>> kind_of(FileError("broken")).status, kind_of(ValueError("x")).status
    (422, 500)
    """
    return next((KINDS[cls] for cls in type(error).__mro__ if cls in KINDS), _UNLISTED)


def lang_of(request: Request) -> Lang:
    """The language of an answer: `lang=` in the query, else Accept-Language, else the setting."""
    return lang_asked(request.scope["query_string"], request.headers, request.app.state.settings.lang)


def lang_asked(query: bytes, headers: Mapping[str, str], default: Lang) -> Lang:
    """As `lang_of`, from the parts of a request."""
    found = _LANG.search(query)
    return lang_from(found[1].decode() if found else headers.get("accept-language", ""), default)


def lang_from(asked: str, default: Lang) -> Lang:
    """The language a tag or an Accept-Language header begins with, if we speak it.

    >>> lang_from("en-GB,en;q=0.9", "zh"), lang_from("fr", "zh")
    ('en', 'zh')
    """
    first = asked[:2].lower()
    if first in ("zh", "en"):
        return "zh" if first == "zh" else "en"
    return default


def problem(
    *,
    status: int,
    name: str | None,
    title: str,
    detail: str,
    instance: str,
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> Response:
    """A problem+json response. `more` are members of its own; `instance` is the path, never the query."""
    body: dict[str, Any] = {
        "type": "about:blank" if name is None else f"urn:wangge:problem:{name}",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": instance,
        **more,
    }
    content = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
    return Response(content, status, headers=headers, media_type=MEDIA_TYPE)


def problem_of(error: BaseException, *, lang: Lang, instance: str) -> Response:
    """The response for any exception; only errors of our own tree and refusals say what they are."""
    if isinstance(error, RequestValidationError):
        return invalid(complaints(error, lang), lang=lang, instance=instance)
    if isinstance(error, ComplaintsError):
        return invalid(error.found, lang=error.lang, instance=instance)
    if isinstance(error, HTTPException):
        return _refused(error, lang=lang, instance=instance)
    kind = kind_of(error)
    more: dict[str, Any] = {}
    detail = _UNLISTED_DETAIL
    if isinstance(error, WanggeError) and kind is not _UNLISTED:
        told = not isinstance(error, StoreError) or isinstance(error, VersionError)
        detail = error.words if told else _STORE_DETAIL  # a store's address is not told
    if isinstance(error, FrameError):
        more["faults"] = [
            {"row": f.row, "column": f.column, "value": f.value, "reason": f.reason.text(lang)}
            for f in error.faults[:_MAX_FAULTS]
        ]
    if isinstance(error, StoreError):
        log.warning("%s", error)
    return problem(
        status=kind.status,
        name=kind.name,
        title=kind.title.text(lang),
        detail=detail.text(lang),
        instance=instance,
        **more,
    )


def add_problem_handlers(app: FastAPI) -> None:
    """Register the one handler for all that routes raise on purpose, once per app."""

    async def ours(request: Request, error: Exception) -> Response:
        return problem_of(error, lang=lang_of(request), instance=request.url.path)

    for cls in (WanggeError, ComplaintsError, RequestValidationError, HTTPException):
        app.add_exception_handler(cls, ours)


def _refused(error: HTTPException, *, lang: Lang, instance: str) -> Response:
    phrase = HTTPStatus(error.status_code).phrase
    title = _HTTP_TITLES.get(error.status_code, Words(phrase, phrase)).text(lang)
    said = error.words.text(lang) if isinstance(error, RefusedError) else error.detail
    return problem(
        status=error.status_code,
        name=error.name if isinstance(error, RefusedError) else None,
        title=title,
        detail=said if said and said != phrase else title,
        instance=instance,
        headers=error.headers,
    )


def invalid(found: Sequence[Complaint], *, lang: Lang, instance: str) -> Response:
    """The response for parameters that cannot be used, all of them named."""
    kind = KINDS[InputError]
    join = "；" if lang == "zh" else "; "
    return problem(
        status=kind.status,
        name="bad-parameters",
        title=kind.title.text(lang),
        detail=join.join(f"{c.parameter}: {c.reason}" for c in found),
        instance=instance,
        faults=[{"parameter": c.parameter, "value": c.value, "reason": c.reason} for c in found],
    )
