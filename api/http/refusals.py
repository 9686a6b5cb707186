"""Refusals that a page or a program acts upon, by the name of their problem: nobody is signed in; the first password stands
to be changed."""

from __future__ import annotations

from api.http.problems import RefusedError
from geo.errors import Words

SIGN_IN, FIRST_PASSWORD = "sign-in-needed", "first-password"
_OVER = Words("your session is over; sign in again", "登录已失效，请重新登录")
_NEEDED = Words(
    "sign in first; programs send a token in the header Authorization: Bearer TOKEN",
    "请先登录；程序请在请求头 Authorization: Bearer 中发送令牌",
)
_TOKEN = Words(
    "the token is wrong, has ended or was revoked; ask whoever keeps the accounts for another",
    "令牌有误、已到期或已吊销；请向账号管理员索取新的令牌",
)


def sign_in_needed(*, over: bool = False, token: bool = False) -> RefusedError:
    """401: nobody is known by what was sent. `over`: a session was; `token`: a token was."""
    words = _TOKEN if token else _OVER if over else _NEEDED
    return RefusedError(401, words, name=SIGN_IN, headers={"WWW-Authenticate": 'Bearer realm="wangge"'})


def first_password() -> RefusedError:
    """403: he has yet to change the password he was given."""
    return RefusedError(
        403,
        Words("change the password you were given first, at /account", "请先在 /account 修改首次密码"),
        name=FIRST_PASSWORD,
    )
