"""Pack GoEmotions (Demszky et al. 2020, CC BY 4.0) for the repository: comments and emotions, one a line, compressed.

    python tools/models/prepare_goemotions.py goemotions_train.jsonl

Changes made to the data: names' placeholders and line breaks removed, one file instead of three, no raters, no ids.
"""

import json
import lzma
import sys
from pathlib import Path

rows = [json.loads(line) for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()]
lines = {}
for row in rows:
    text = " ".join(row["text"].replace("[NAME]", "").replace("[RELIGION]", "").split())
    if len(text) > 2:
        lines.setdefault(text, ",".join(sorted(row["emotions"])))
packed = "\n".join(f"{emotions}\t{text}" for text, emotions in lines.items()) + "\n"
Path(__file__).with_name("goemotions.tsv.xz").write_bytes(lzma.compress(packed.encode("utf-8"), preset=9))
