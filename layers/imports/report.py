"""What an import did, or would do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from geo.errors import Words
from layers.batches.leaning import Lean


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or would do when `dry_run`."""

    layer: str
    """The layer it went to; `roads` for a file of street lines."""
    source: str
    rows: int
    """Rows loaded."""
    added: int
    updated: int
    repaired: int
    """Rows whose shape was repaired."""
    notes: tuple[Words, ...]
    faults_file: Path | None
    """The list of rows left out, or of remarks on adopted grids, when a folder was given."""
    dry_run: bool
    left_out: int = 0
    """Rows of the file that were not loaded (`good_rows`, `skip_outside`); each is in `faults_file`."""
    changed: Mapping[str, int] = field(default_factory=dict)
    """Column, or `geometry` -> known rows that got another value."""
    gone: tuple[tuple[str, str, str], ...] = ()
    """Key, name and community of rows that were, or would be, removed (`replace`)."""
    leans: tuple[Lean, ...] = ()
    """What leans on these, before they are removed."""
    batch: int | None = None
    """The number by which it can be taken back (`layers.batches.undoing`); None where nothing was kept to take back."""
