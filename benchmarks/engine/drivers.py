"""``lmg`` with 12 drivers and 100,000 rows: promised within a second.

python benchmarks/engine/drivers.py
"""

import common
import numpy as np

from premura.stats.drivers import lmg


def main() -> None:
    random = np.random.default_rng(7)
    common_part = random.normal(size=(100_000, 1))
    X = np.clip(np.round(6 + 2 * (0.6 * common_part + random.normal(size=(100_000, 12)))), 1, 10)
    y = np.clip(np.round(X @ random.uniform(0, 0.2, 12) + random.normal(size=100_000)), 0, 10)
    found = lmg(X, y)
    assert abs(sum(found.shares) - found.r2) < 1e-9
    common.table(
        "Drivers", [("lmg, 12 drivers × 100,000 rows", "≤ 1 s", f"{common.median_ms(lambda: lmg(X, y)):.0f} ms")]
    )


if __name__ == "__main__":
    main()
