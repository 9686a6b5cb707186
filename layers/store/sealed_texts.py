"""Single texts of facts, sealed (`layers.store.sealing`): bound to what they are of, not to a row that ends when a fact changes."""

from __future__ import annotations

from geo.errors import StoreError
from layers.store.keys import KeyPlace, Keys
from layers.store.sealing import Sealer, looks_sealed


def of_post(place: str, title: str, column: str) -> tuple[str, str]:
    """What a text of a post is sealed for: its column, and the duty at its place."""
    return f"posts.{column}", f"{place} {title}"


def seal(keys: Keys, text: str, *, about: tuple[str, str]) -> str:
    """`text` sealed with the newest key; `about` is its column (`table.column`) and what it is of, and is needed to open it."""
    return Sealer(keys).seal(*about, text)


def unseal(keys: Keys, text: str, *, about: tuple[str, str]) -> str:
    """What was sealed; a text that never was as it is. Raises `StoreError` for another key, another place, or a text that
    was changed.

    >>> keys = Keys.parse("k1 " + "ab" * 32, source="here")
    >>> unseal(keys, seal(keys, "张三", about=("posts.holder", "p1")), about=("posts.holder", "p1"))
    '张三'
    """
    return Sealer(keys).open(*about, text) if is_sealed(text) else text


def is_sealed(text: str) -> bool:
    """Whether a text is kept sealed."""
    return looks_sealed(text)


def keys_to_seal(place: KeyPlace) -> Keys:
    """The keys of the store, made where there are none yet. Raises `StoreError` where they can be neither read nor made."""
    return place.read() or place.make()


def keys_to_open(place: KeyPlace) -> Keys:
    """The keys of the store. Raises `StoreError` where they are not."""
    keys = place.read()
    if keys is None:
        raise StoreError(
            "the keys of this store are not here, so names that are not public cannot be told; bring keys.txt from the "
            "machine or the backup that has it",
            "缺少本库的密钥，无法读取未公示的姓名；请从原机器或备份取回 keys.txt",
        )
    return keys
