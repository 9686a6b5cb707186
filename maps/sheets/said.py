"""What a sheet says of itself, and of what kind of map it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from maps.sheets.words import sheet_text


@dataclass(frozen=True, slots=True)
class Said:
    """What a sheet says of itself."""

    title: str
    lang: str = "zh"
    made: date | None = None
    as_of: date | None = None
    plan: str | None = None
    """The plan's version, or that it is a draft, in words."""
    producer: str | None = None
    credit: str | None = None
    serial: str | None = None
    """Printed in the corner and across the map of internal sheets, so that a copy tells where it came from."""
    link: str | None = None
    """What the QR code holds: a page or a code. None draws none."""
    approval: str | None = None
    """The map approval number (审图号) of a public map."""
    exemption: str | None = None
    """Why a public map needs none, as somebody decided and recorded."""

    remark: str | None = None
    """What else must be known to read it, such as that counts are withheld."""
    outline: str = "community"
    """What the heavy outline is: `community`, or `complex_outline` on the sheet of one."""

    @property
    def public(self) -> bool:
        """Whether the sheet may leave the office."""
        return self.approval is not None or self.exemption is not None

    @property
    def notice(self) -> str:
        """What kind of map it is."""
        if self.approval is not None:
            return sheet_text("approval", self.lang, number=self.approval)
        if self.exemption is not None:
            return sheet_text("exempt", self.lang, reason=self.exemption)
        return sheet_text("internal", self.lang)
