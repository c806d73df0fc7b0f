"""Measure how fast bills become PDFs, and how much memory that takes.

`python benchmarks/pdf.py` compares, for bills of 5, 60 and 1,000 lines, three ways to the same page: the
adapter from the domain's values, typst's compiler alone on the very same prepared data, and weasyprint on
an equal HTML page. Each measurement runs in a process of its own, over bills that all differ. Then a
hundred different bills of 1,000 lines are rendered in one process. It ends with 1 when a promise is broken:
the adapter within 1.3 times typst alone, and 300 MB.

The ratio is taken from the processor time of both, because the clock on the wall also shows what else the
machine is doing. It is the mean over all rounds, so that the emptying of caches counts, in the best of three
processes, taken in turns.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "layers" / "shared" / "python")]

from benchmarks.pdf_html import html_of  # noqa: E402 - the path above must stand first
from feenote.adapters.pdf.renderer import STANDARD, Prepared, TypstBillRenderer  # noqa: E402 - as above
from tests.unit.pdf import samples  # noqa: E402 - as above

SIZES = (5, 60, 1000)
ROUNDS = {"feenote": (60, 40, 12), "typst": (60, 40, 12), "weasyprint": (6, 4, 1)}
TRIES = 3
MOST_TIMES = 1.3
MOST_MEGABYTES = 300
LONG_RUN = 100


def alone(renderer: TypstBillRenderer, ready: Prepared) -> object:
    """Run nothing but typst's compiler."""
    return renderer.compiler(ready.template).compile(
        format="pdf", sys_inputs=ready.inputs, pdf_standards=STANDARD, timestamp=ready.stamp
    )


def measure(engine: str, count: int, rounds: int) -> dict[str, float]:
    """Return PDFs a second, processor milliseconds for one, and peak megabytes of this process."""
    documents = [samples.document(count, seed=seed) for seed in range(rounds + 1)]
    renderer = TypstBillRenderer(samples.FONTS)
    steps: list[Callable[[], object]]
    if engine == "feenote":
        steps = [partial(renderer.render_bill, document) for document in documents]
    elif engine == "typst":
        steps = [partial(alone, renderer, renderer.prepared(document)) for document in documents]
    else:
        pages = [html_of(document) for document in documents]
        import weasyprint  # noqa: PLC0415 - only the process that measures it loads it

        steps = [partial(weasyprint.HTML(string=page).write_pdf, pdf_tags=True) for page in pages]
    steps[0]()  # the first loads fonts and caches; a Lambda function does that once
    walls, processors = [], []
    for step in steps[1:]:
        wall, processor = time.perf_counter(), time.process_time()
        step()
        walls.append(time.perf_counter() - wall)
        processors.append(time.process_time() - processor)
    return {
        "per_second": len(walls) / sum(walls),
        "cpu_ms": 1000 * sum(processors) / len(processors),
        "peak_mb": peak_megabytes(),
    }


def long_run() -> dict[str, float]:
    """Return the memory left and the peak, in megabytes, after a hundred different long bills."""
    renderer = TypstBillRenderer(samples.FONTS)
    started = time.perf_counter()
    for seed in range(LONG_RUN):
        renderer.render_bill(samples.document(1000, seed=seed))
    status = Path("/proc/self/status").read_text(encoding="ascii")
    resident = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return {
        "resident_mb": int(resident.split()[1]) / 1024,
        "peak_mb": peak_megabytes(),
        "seconds": time.perf_counter() - started,
    }


def peak_megabytes() -> float:
    """Return the most memory this process ever held."""
    # Not getrusage: its peak is inherited from the process that started this one.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (peak,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(peak.split()[1]) / 1024


def in_own_process(*arguments: object) -> dict[str, float]:
    """Run one measurement of this file in a fresh interpreter."""
    command = [sys.executable, __file__, *map(str, arguments)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def main() -> int:
    """Print every figure; return 1 when a promise is broken."""
    broken = []
    print(f"{'lines':>6}  {'engine':<11}{'PDFs/s':>9}{'CPU ms':>9}{'peak MB':>9}{'x typst':>9}")
    for position, count in enumerate(SIZES):
        tries: dict[str, list[dict[str, float]]] = {engine: [] for engine in ROUNDS}
        for attempt in range(TRIES):
            for engine, rounds in ROUNDS.items():
                if attempt == 0 or engine != "weasyprint":
                    tries[engine].append(in_own_process(engine, count, rounds[position]))
        figures = {engine: min(found, key=lambda one: one["cpu_ms"]) for engine, found in tries.items()}
        alone = figures["typst"]["cpu_ms"]
        for engine, found in figures.items():
            ratio = found["cpu_ms"] / alone
            print(
                f"{count:>6}  {engine:<11}{found['per_second']:>9.2f}{found['cpu_ms']:>9.1f}"
                f"{found['peak_mb']:>9.0f}{ratio:>9.2f}"
            )
        if figures["feenote"]["cpu_ms"] > MOST_TIMES * alone:
            broken.append(f"{count} lines take more than {MOST_TIMES} times typst alone")
        if figures["feenote"]["peak_mb"] > MOST_MEGABYTES:
            broken.append(f"{count} lines take more than {MOST_MEGABYTES} MB")
    found = in_own_process("long")
    print(
        f"\n{LONG_RUN} different bills of 1,000 lines in one process: "
        f"{found['resident_mb']:.0f} MB at the end, {found['peak_mb']:.0f} MB at the peak, "
        f"{found['seconds']:.0f} s"
    )
    if found["peak_mb"] > MOST_MEGABYTES:
        broken.append(f"{LONG_RUN} long bills take more than {MOST_MEGABYTES} MB")
    for promise in broken:
        print(f"BROKEN: {promise}")
    return 1 if broken else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["long"]:
        print(json.dumps(long_run()))
    elif sys.argv[1:]:
        print(json.dumps(measure(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))))
    else:
        sys.exit(main())
