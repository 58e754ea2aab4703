"""Fonts of this computer for scripts that the bundled ones lack, found by their files' names.

Reading every font of a system holds the interpreter for 50 ms and more; only those that are needed are opened.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ARABIC = {
    "UKIJ Tuz": "ukijtuz",
    "Noto Naskh Arabic": "notonaskharabic-",
    "Noto Sans Arabic": "notosansarabic-",
    "Scheherazade New": "scheherazadenew-",
    "Amiri": "amiri-",
    "DejaVu Sans": "dejavusans",
    "Geeza Pro": "geezapro",
    "Arial": "arial",
}
HAN = {
    "Noto Serif CJK SC": "notoserifcjk",
    "Source Han Serif SC": "sourcehanserif",
    "Noto Sans CJK SC": "notosanscjk",
    "Source Han Sans SC": "sourcehansans",
    "Noto Serif SC": "notoserifsc",
    "Noto Sans SC": "notosanssc",
    "WenQuanYi Micro Hei": "wqy-microhei",
    "WenQuanYi Zen Hei": "wqy-zenhei",
    "Droid Sans Fallback": "droidsansfallback",
    "PingFang SC": "pingfang",
    "Songti SC": "songti",
    "SimSun": "simsun",
    "Microsoft YaHei": "msyh",
}
"""Families that can set Uyghur, and Chinese, the best first, with how the names of their files begin."""

_ENDINGS = (".ttf", ".otf", ".ttc", ".otc")
_STYLES = ("", "regular", "bold", "-regular", "-bold")
MOST_FOLDERS = 3_000


def folders() -> tuple[Path, ...]:
    """List where fonts are kept on this kind of computer."""
    home = Path.home()
    if sys.platform == "win32":
        return (Path(os.environ.get("WINDIR", r"C:\Windows")) / "Fonts",)
    if sys.platform == "darwin":
        return home / "Library/Fonts", Path("/Library/Fonts"), Path("/System/Library/Fonts")
    return home / ".fonts", home / ".local/share/fonts", Path("/usr/local/share/fonts"), Path("/usr/share/fonts")


def font_files(places: Iterable[Path] | None = None) -> tuple[Path, ...]:
    """Find the files of the best family for each script. Maybe none."""
    seen = dict(_files(folders() if places is None else places))
    return tuple(path for families in (ARABIC, HAN) for path in _best(seen, families.values()))


def _best(seen: dict[str, Path], beginnings: Iterable[str]) -> tuple[Path, ...]:
    for beginning in beginnings:
        fitting = [path for name, path in sorted(seen.items()) if _is_of(name, beginning)]
        if fitting:
            return tuple(fitting)
    return ()


def _is_of(name: str, beginning: str) -> bool:
    return name.startswith(beginning) and name[len(beginning) :].partition(".")[0] in _STYLES


def _files(places: Iterable[Path]) -> Iterator[tuple[str, Path]]:
    for place in places:
        for number, (folder, _, names) in enumerate(os.walk(place)):
            if number > MOST_FOLDERS:
                break
            for name in names:
                if name.lower().endswith(_ENDINGS):
                    yield name.lower(), Path(folder) / name
