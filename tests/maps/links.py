"""What a browser would fetch for a document: the question every page of ours must answer with nothing."""

from __future__ import annotations

import re


def outward_links(document: str) -> list[str]:
    """Everything in a document a browser would fetch from elsewhere: empty for every page of ours.

    >>> outward_links('<img src="https://x.cn/a.png"><a href="#b">')
    ['https://x.cn/a.png']
    """
    quoted = re.findall(r"""(?:src|href|action|data)\s*=\s*["']?([^"'\s>]+)""", document, flags=re.IGNORECASE)
    styled = re.findall(r"""(?:url\(\s*|@import\s+)["']?([^"'\s)]+)""", document, flags=re.IGNORECASE)
    return [link for link in quoted + styled if re.match(r"(?:https?:)?//", link)]
