"""Third-party browser files: fetched by one command, pinned by one manifest, served from our own folder.

    python tools/vendor.py            fetch all of vendor.toml; refuse a file whose sha256 is not the one there
    python tools/vendor.py --accept   after a change of version: write the new sha256 into the manifest
    python tools/vendor.py check      compare the files that lie here with the manifest; no network

Needs npm (`npm pack`). Source-map comments are cut off, because the maps are not kept; the sha256 is that of the
file as kept.
"""

import hashlib
import re
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
MANIFEST = Path(__file__).with_name("vendor.toml")
SOURCE_MAP = re.compile(rb"\n?(/\*# sourceMappingURL=\S+ \*/|//# sourceMappingURL=\S+)\s*$")
SPACE = re.compile(r"\s+")


def manifest() -> dict:
    return tomllib.loads(MANIFEST.read_text(encoding="utf-8"))


def fetch(package: dict, folder: Path) -> Path:
    """Unpack the package's published archive; gives the folder of its files."""
    name = f"{package['name']}@{package['version']}"
    told = subprocess.run(
        ["npm", "pack", "--silent", "--pack-destination", str(folder), name], check=True, capture_output=True, text=True
    )
    archive = folder / told.stdout.strip().splitlines()[-1]
    target = folder / archive.stem
    with tarfile.open(archive) as tar:
        tar.extractall(target, filter="data")
    return target / "package"


def made_files(package: dict, source: Path) -> dict[str, bytes]:
    """What this package gives us: path in the repository → content."""
    if "icons" in package:
        return {
            package["sprite"]: sprite(package["icons"], source),
            package["licence_to"]: (source / "LICENSE").read_bytes(),
        }
    return {file["to"]: SOURCE_MAP.sub(b"\n", (source / file["from"]).read_bytes()) for file in package["files"]}


def sprite(icons: dict[str, str], source: Path) -> bytes:
    """One SVG with a symbol an icon, named by our word for it."""
    symbols = []
    for ours, theirs in sorted(icons.items()):
        kind, _, name = theirs.rpartition("/")
        text = (source / "icons" / (kind or "outline") / f"{name}.svg").read_text(encoding="utf-8")
        body = (
            text.partition(">")[2]
            .rpartition("</svg>")[0]
            .replace('<path stroke="none" d="M0 0h24v24H0z" fill="none" />', "")
        )
        symbols.append(f'<symbol id="{ours}" viewBox="0 0 24 24">{SPACE.sub(" ", body).strip()}</symbol>')
    return ('<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n").encode()


def pinned(package: dict) -> dict[str, str]:
    """Path in the repository → sha256 of the manifest."""
    if "icons" in package:
        return {package["sprite"]: package["sha256"], package["licence_to"]: package["licence_sha256"]}
    return {file["to"]: file["sha256"] for file in package["files"]}


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def check() -> list[str]:
    """Files that are missing or differ from the manifest."""
    wrong = []
    for package in manifest()["package"]:
        for path, expected in pinned(package).items():
            file = ROOT / path
            if not file.exists() or sha256(file.read_bytes()) != expected:
                wrong.append(path)
    return wrong


def refresh(accept: bool) -> list[str]:
    """Fetch and write every file; gives those refused because their sha256 is not the pinned one."""
    text, refused = MANIFEST.read_text(encoding="utf-8"), []
    with tempfile.TemporaryDirectory() as folder:
        for package in manifest()["package"]:
            old = pinned(package)
            for path, content in made_files(package, fetch(package, Path(folder))).items():
                new = sha256(content)
                if new != old[path] and not accept:
                    refused.append(path)
                    continue
                text = pin(text, path, new)
                (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
                (ROOT / path).write_bytes(content)
    MANIFEST.write_text(text, encoding="utf-8")
    return refused


def pin(text: str, path: str, new: str) -> str:
    """Write the sha256 that follows ``path`` in the manifest."""
    start = text.index(f'"{path}"')
    return text[:start] + re.sub(r'sha256 = "[0-9a-f]*"', f'sha256 = "{new}"', text[start:], count=1)


def main() -> int:
    wrong = check() if "check" in sys.argv[1:] else refresh(accept="--accept" in sys.argv[1:])
    for path in wrong:
        print(f"{path}: not the file that the manifest pins", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
