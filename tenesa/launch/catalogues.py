"""Compile the translations without gettext's `msgfmt`, which a fresh machine does not have."""

from pathlib import Path

import polib


def compile_changed(directory: Path) -> list[Path]:
    """Write each .mo below `directory` that is missing or older than its .po, whole or not at all."""
    written = []
    for source in sorted(directory.rglob("*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        half = target.with_suffix(".mo.new")
        polib.pofile(str(source)).save_as_mofile(str(half))
        half.replace(target)
        written.append(target)
    return written


if __name__ == "__main__":
    compile_changed(Path("locale"))
