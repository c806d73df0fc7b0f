"""Make `layers/pdf/fonts` again from the packages the fonts come from.

The fonts are committed, so nobody needs this to build or run Feenote. It is here to say where each file
came from and to make the next version of the set: `python tools/fonts.py FOLDER` writes the files to FOLDER.
It wants pip, apt-get and dpkg-deb, and fontTools with brotli from `requirements/dev.txt`.
"""

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from fontTools import subset
from fontTools.ttLib import TTCollection, TTFont
from fontTools.varLib import instancer

PYPI = ("fontpkg-source-sans-3==3.52", "fontpkg-source-serif-4==4.4")
DEBIAN = ("fonts-noto-core=20201225-1", "fonts-noto-cjk=1:20220127+repack1-1")

# Variable fonts are cut down to the few styles the bill uses: typst takes static fonts only. What is changed
# may not go on being called Source: that name is reserved by the fonts' licence, so ours is Feenote.
INSTANCES = {
    "FeenoteSans-Regular.ttf": ("SourceSans3[wght].ttf", {"wght": 400}),
    "FeenoteSans-SemiBold.ttf": ("SourceSans3[wght].ttf", {"wght": 600}),
    "FeenoteSans-Italic.ttf": ("SourceSans3-Italic[wght].ttf", {"wght": 400}),
    "FeenoteSerif-Regular.ttf": ("SourceSerif4[opsz,wght].ttf", {"wght": 400, "opsz": 24}),
    "FeenoteSerif-SemiBold.ttf": ("SourceSerif4[opsz,wght].ttf", {"wght": 600, "opsz": 24}),
}
# Scripts that Source does not draw, taken whole. The scripts of the second list get a bold face too.
SCRIPTS = (
    "Arabic",
    "Armenian",
    "Bengali",
    "Devanagari",
    "Ethiopic",
    "Georgian",
    "Gujarati",
    "Gurmukhi",
    "Hebrew",
    "Kannada",
    "Khmer",
    "Lao",
    "Malayalam",
    "Myanmar",
    "Oriya",
    "Sinhala",
    "Symbols",
    "Tamil",
    "Telugu",
    "Thai",
)
BOLD = ("Arabic", "Devanagari", "Hebrew", "Thai")
# Stylistic alternates are never asked for; what scripts need to be joined and placed is kept.
LAYOUT = [*subset.Options().layout_features, "tnum", "lnum", "pnum"]
# One regular face for Chinese, Japanese and Korean: kana, the unified ideographs and the Hangul syllables
# in use, in the forms of mainland China where these differ.
CJK = (
    (0x2E80, 0x2FDF),  # radicals
    (0x3000, 0x33FF),  # punctuation, kana, bopomofo, enclosed
    (0x4E00, 0x9FFF),  # unified ideographs
    (0xAC00, 0xD7A3),  # Hangul syllables
    (0xF900, 0xFAFF),  # compatibility ideographs
    (0xFF00, 0xFFEF),  # half and full width
)
SYMBOLS2 = ((0x2190, 0x23FF), (0x2440, 0x27BF), (0x2900, 0x2BFF), (0x1F000, 0x1F8FF))


def fetch(folder: Path) -> None:
    """Download and unpack the packages into `folder`."""
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), *PYPI],
        check=True,
    )
    subprocess.run(["apt-get", "download", *DEBIAN], check=True, cwd=folder)
    for wheel in folder.glob("*.whl"):
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(folder)
    for package in folder.glob("*.deb"):
        subprocess.run(["dpkg-deb", "-x", str(package), str(folder)], check=True)


def find(folder: Path, name: str) -> Path:
    """Return the one file called `name` below `folder`."""
    (path,) = (path for path in folder.rglob("*.tt?") if path.name == name)
    return path


def keep(font: Any, ranges: tuple[tuple[int, int], ...] | None, features: list[str]) -> None:
    """Keep the characters in `ranges` (all, when None) and `features`; drop hints, which PDFs do not use."""
    options = subset.Options()
    options.hinting = False
    options.layout_features = features
    options.name_legacy = False
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14, 16, 17]
    options.notdef_outline = True
    options.drop_tables += ["DSIG", "MATH", "STAT"]
    options.timing = False
    subsetter = subset.Subsetter(options)
    wanted = set(font.getBestCmap())
    if ranges is not None:
        wanted = {point for point in wanted if any(first <= point <= last for first, last in ranges)}
    subsetter.populate(unicodes=wanted)
    subsetter.subset(font)


def rename(font: Any, postscript_name: str) -> None:
    """Give `font` the name `postscript_name`, which is family and style with a hyphen between."""
    family, style = postscript_name.replace("Feenote", "Feenote ").split("-")
    regular = style in {"Regular", "Italic"}
    names = {
        1: family if regular else f"{family} {style}",
        2: style if regular else "Regular",
        3: f"Feenote;{postscript_name}",
        4: f"{family} {style}",
        6: postscript_name,
        16: family,
        17: style,
    }
    table = font["name"]
    table.names = [record for record in table.names if record.nameID in {0, 5, 13, 14}]
    for name_id, text in names.items():
        table.setName(text, name_id, 3, 1, 0x409)


def write(font: Any, path: Path) -> None:
    """Write `font` without a new date in it, so that the same sources give the same bytes."""
    font.recalcTimestamp = False
    font.save(path)
    print(f"{path.stat().st_size:>10,}  {path.name}")


def make(source: Path, target: Path) -> None:
    """Write every font of the set from the unpacked packages in `source` to `target`."""
    target.mkdir(parents=True, exist_ok=True)
    for name, (origin, axes) in INSTANCES.items():
        font: Any = TTFont(find(source, origin), recalcTimestamp=False)
        font = instancer.instantiateVariableFont(font, axes, updateFontNames=True)
        keep(font, None, LAYOUT)
        rename(font, name.removesuffix(".ttf"))
        write(font, target / name)
    faces = [f"NotoSans{script}-Regular.ttf" for script in SCRIPTS]
    faces += [f"NotoSans{script}-Bold.ttf" for script in BOLD]
    for name in [*faces, "NotoSans-Regular.ttf", "NotoSansSymbols2-Regular.ttf"]:
        font = TTFont(find(source, name), recalcTimestamp=False)
        keep(font, SYMBOLS2 if "Symbols2" in name else None, LAYOUT)
        write(font, target / name)
    collection: Any = TTCollection(find(source, "NotoSansCJK-Regular.ttc"))
    font = next(face for face in collection if face["name"].getDebugName(1) == "Noto Sans CJK SC")
    keep(font, CJK, ["ccmp", "ljmo", "vjmo", "tjmo", "kern", "palt", "halt"])
    write(font, target / "NotoSansCJKsc-Regular.otf")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        fetch(Path(scratch))
        make(Path(scratch), Path(sys.argv[1]))
