"""What must never stand in a tracked file: other people's licensed text, machine paths, registry hosts."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from hashlib import sha256
from html import unescape
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SKIPPED = {
    ".git",
    ".venv",
    "__pycache__",
    ".hypothesis",
    ".mypy_cache",
    ".ruff_cache",
    ".import_linter_cache",
}
LOCKS = {"uv.lock", "package-lock.json", "poetry.lock", "pylock.toml"}
# Written in pieces, so that this file does not hold what it looks for.
HOSTS = ["py" + "pi.org", "python" + "hosted.org", "registry.npm" + "js", "deb.debian" + ".org"]
PATHS = ["/wo" + "rk/", "/ro" + "ot/", "/fa" + "rm/", "/home" + "/", "/Us" + "ers/"]
CPT_CODES = re.compile(r"\b908(?:32|34|37|39|46|47|53)\b")
# Runs of words that only those texts have, each as the start of its SHA-256: so this file, too, is free of what it looks
# for. Made from the owners' forms outside the repository: lower case, letters and digits only, every run of five words
# (of a shorter heading all its words), less the runs that the built-in screens share with them.
LICENSED = {
    "C-SSRS items": """
        00700565c8 0170751a58 02b31299e2 057341c853 05a31a1eac 06062ebbcd 1336cd3406 1567f5cca4 166e0f4278
        1f37ddbe30 249516fec7 27c0c75c15 27eb63d6ac 298f2d9af4 29eab94779 2aa6add88f 2b32de0e0b 2b820af6d4
        2bd64d5252 2cbb816581 2ebdf04978 2f0a3f27b7 2f8788e955 304710950d 336abaa655 3471cc73a1 376d97de91
        37a0cebc83 3ae63b180c 3cab8d259f 3d3f1a04c9 4a6cb5fc55 4eef73c031 4ff7be6205 514a98e5e7 542e7d5ed1
        54a4ea0f2c 563e63d639 5796eb155d 5ac6468491 606506befc 6337bcea4b 6589a9ec50 65dc37d972 679fd340d7
        6bdb0144b8 6de7f5076e 6ea1ea4c64 6ffc2fcfd6 7000b77f48 707a4d03ca 7304e8d205 7473dc998f 748326898e
        752ab2683b 77f53d2798 7860762390 7eee7c9b26 80de06740e 81bbb19bec 84f9511a0c 86519abd94 86dae29d41
        8798ba220c 87a820534e 87dc26eba3 87eafa5103 8a8714c36d 8f60d48f95 9464cb2188 94880c4240 95aa82f649
        98aa8131e3 9d24bb88bf 9e98cea087 9f2ca57e3a a092344da2 a1db139584 a2465287fb a3d6561831 a4b14667ad
        a4d71b4ba1 a534429e45 abaeb06602 abedb4b294 b395e0fe51 b4f93e6602 b707ff590f b9515b25dd ba1d1096e0
        bce3f4695a be2800e7ba bf0dc8094e c031c76293 c6c7b2ad4b c8588ffd1c c88d7a97ac c9c09488f0 ca727041a2
        cbba912e17 cc5535a219 ce82358f38 cfb277339e d9b0882cf8 dcca529c17 e1f74ed833 e27c8ad7c8 e3fc4b4302
        e6a8a49dc3 e8541e8289 e8c5b9765a ecbea8f9c2 eec2973127 f033c67113 f1770f9ce8 f41d9135ae f4a0e09960
        f817042e5d f8c9bac4fd fd65188737 fe5e989eef fead7b34e2
    """,
    "Stanley-Brown form": """
        01b8dff2d5 06ba5a70d7 08e7c2ba8f 1086d7b761 16322cce0d 1e213379a1 1e4be9b181 23973f9df6 2be1eb1d69
        2cb7c125c5 32dda9c603 352f7f66f8 3a3122c4ef 3c73600256 3e117c5237 475fc768c6 4a61df5c61 4b9548a155
        4e62e2e187 50d173e6bc 5a994f6150 5fa2caa076 608d0faf15 70e8810e31 7313f3cb3e 735578609a 7aac8f3b17
        7c638a6c72 8963cd6708 905f5f1713 929a01e3b3 98b04cb642 9ae4f69695 9f2a8187c1 a34cbe3c1e a533245fe4
        ab8b62cde0 ae5f47ac51 b3776deb20 b47a91cccd b84cf81ec0 c3900e66c0 d1b257a203 d286a0f6d5 ec8eccd647
        f706898a73
    """,
    "CPT descriptors": """
        01dab14ead 0a8777bc0f 14fb50b9e7 15515b772d 1578b1bfce 2e91079c93 31a5702735 3383bfb74a 37e34a4aa5
        45d3c28af9 4c05fefe9c 4d14def04b 534e8c7eea 597d691a6a 5e2d10020e 623aa581f1 69e99609a6 6bab9ec745
        744bb6a1fa 7858402467 7bcdb4d82b 86280fe277 86d544278e 8dd2fecdbf 952ed1f6e1 9845c65241 9dd9442ba2
        a46efb6e10 a89887762f b5aa6f2f50 bf8c01e6e6 c055bc5a44 c1c9b0d2bd c9ef8496f8 cdb5d25008 d1e8026f88
        ddcc8bd4f6 ea3592a4af edbfcb1e20 f33bcf630a f76873e315 fcb933bc2b
    """,
    "a sentence for the test of the scan": "30b29bffb4",
}
RUNS = (3, 4, 5)
DIGITS = 10


def runs(text: str) -> Iterator[tuple[str, str]]:
    """Yield each run of words of a text with its hash; line ends, quotes and marks between words do not matter."""
    words = re.findall(r"[a-z0-9]+", text.lower())
    for length in RUNS:
        for at in range(len(words) - length + 1):
            run = " ".join(words[at : at + length])
            yield run, sha256(run.encode()).hexdigest()[:DIGITS]


def licensed(text: str) -> set[tuple[str, str]]:
    """Return (whose text, the run of words) for what a text holds of others' texts."""
    owners = {mark: name for name, marks in LICENSED.items() for mark in marks.split()}
    return {(owners[mark], run) for run, mark in runs(text) if mark in owners}


def tracked() -> list[Path]:
    """Return the project's files: those of git, or all of an unpacked archive."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode == 0 and listed.stdout:
        names = [ROOT / line for line in listed.stdout.splitlines()]
    else:
        names = [path for path in ROOT.rglob("*") if not SKIPPED & set(path.relative_to(ROOT).parts)]
    return [path for path in names if path.is_file() and path.name not in LOCKS]


def texts() -> list[tuple[str, str]]:
    found = []
    for path in tracked():
        data = path.read_bytes()
        if b"\0" not in data[:4096]:
            text = data.decode("utf-8", "replace")
            if path.suffix == ".svg":
                # A picture: only what is to be read on it.
                text = unescape(re.sub(r"<style.*?</style>|<[^>]*>", " ", text, flags=re.DOTALL))
            found.append((str(path.relative_to(ROOT)), text))
    return found


def test_check_30_no_cssrs_item_no_stanley_brown_text_no_cpt_descriptor_in_the_repository() -> None:
    hits = [(name, found) for name, text in texts() for found in licensed(text)]
    assert hits == []


def test_check_30_no_cpt_code_is_written_anywhere() -> None:
    skipped = ("requirements.txt", ".svg")
    assert [name for name, text in texts() if not name.endswith(skipped) and CPT_CODES.search(text)] == []


def test_the_scan_would_see_what_it_looks_for() -> None:
    planted = "Purple " + "otters, recite\n    quiet-" + "LEDGERS!"
    assert [owner for owner, _ in licensed(f"so: {planted} and so on")] == [
        "a sentence for the test of the scan"
    ]
    assert licensed("Purple " + "otters recite quiet books") == set()
    assert CPT_CODES.search("code 908" + "37 was billed")
    assert {name: len(marks.split()) >= 30 for name, marks in LICENSED.items() if name[0].isupper()} == {
        "C-SSRS items": True, "Stanley-Brown form": True, "CPT descriptors": True,
    }  # fmt: skip
    assert all(re.fullmatch(r"[0-9a-f]{10}", mark) for marks in LICENSED.values() for mark in marks.split())
    assert len(texts()) > 100


def test_no_registry_host_and_no_path_of_anybodys_machine() -> None:
    hits = [(name, word) for name, text in texts() for word in (*HOSTS, *PATHS) if word in text]
    assert hits == []


def test_no_lock_file_and_no_large_file_is_tracked() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    names = listed.stdout.splitlines()
    assert not [name for name in names if Path(name).name in LOCKS]
    assert not [path for path in tracked() if path.stat().st_size > 2_000_000]
