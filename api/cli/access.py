"""Who may come in to the server, as `wangge serve` and `wangge doctor` tell it."""

from __future__ import annotations

from typing import NamedTuple

from api.settings import LOOPBACK, Settings
from geo.errors import Words
from layers.accounts.standing import read_standing
from layers.store.database import Store


class Access(NamedTuple):
    """How the doors stand."""

    accounts: bool
    said: Words
    advice: tuple[Words, ...]


def access(store: Store, settings: Settings) -> Access:
    """Who may come in now. Raises `StoreError` where the store cannot say."""
    accounts = read_standing(store).accounts
    advice = []
    if not accounts:
        said = Words(
            "there is no account yet: in this trial whoever sits at this machine looks up everything",
            "尚无账号：试用中，本机可查询全部内容",
        )
        if not settings.trial:
            said = Words(
                "there is no account yet: nobody gets more than the sign-in page",
                "尚无账号：除登录页外不提供任何内容",
            )
        advice.append(
            Words(
                "make accounts for those who work with it: wangge user add NAME --role planner",
                "请为使用者新建账号：wangge user add 账号名 --role planner",
            )
        )
    else:
        open_to_all = ", ".join(settings.public)
        said = Words(
            f"who asks must be signed in; open to strangers: {open_to_all or 'nothing'}",
            f"须登录后使用；无需登录即可使用：{open_to_all or '无'}",
        )
        if settings.review_token is not None:
            advice.append(
                Words(
                    "WANGGE_REVIEW_TOKEN opens nothing any more; take it out",
                    "WANGGE_REVIEW_TOKEN 已不起作用，请移除",
                )
            )
        if settings.host not in LOOPBACK:
            advice.append(
                Words(
                    "passwords travel as they are typed; put a proxy with TLS in front of it",
                    "密码以明文传输；请在前面加设启用 TLS 的反向代理",
                )
            )
    return Access(accounts, said, tuple(advice))
