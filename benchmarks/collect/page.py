"""How soon a customer's phone can answer: first visits to the public page in a throttled Chromium.

    python benchmarks/collect/page.py [--visits 5] [--processor 4]

Every visit is a first one: a browser context of its own, with nothing cached. The phones are those that Chromium's own
developer tools know: *mid-tier*, like a Pixel 5, and *low-tier*, like a Moto G Power of 2022. As there, the processor
is slowed down (``Emulation.setCPUThrottlingRate``) until Lighthouse's BenchmarkIndex is 1,000 or 264, so that a slow
machine does not imitate a slower phone; ``--processor`` slows it down so many times instead. The bar is the mid-tier's.
The network is Lighthouse's «slow 4G»: 150 ms there and back, 1.6 Mbit/s down, 750 kbit/s up
(``Network.emulateNetworkConditions``); beside it the same phone without the network's delay, which is what the page
itself costs.

Three definitions stand side by side, each counted from the first byte of the answer (its own ``responseStart`` is
stamped below the emulated delay and never shows it) and each beside the same of a bare page of one radio button in 300
bytes: below that no page of this browser on this machine gets.

- *first contents*: the browser's first contentful paint;
- *Lighthouse*: time to interactive (https://web.dev/articles/tti), the end of the last task of more than 50 ms before
  five seconds in which the main thread has none, never before the first contentful paint or the end of
  ``DOMContentLoaded``; nobody taps during such a visit, and there it is without the network's delay;
- *tap answered*: the bar. The script has run (on a phone one question is shown and the others are hidden) and
  a tap on the first option has been answered by a painted frame. A script in the page taps as soon as that is so.

*Its work* is how long the main thread was busy until then by its own clock, which hardly depends on what else the
machine does. The browser is spoken to by its protocol alone, and asked nothing before the tap was answered: a driver's
own script in the page counted as the page's time (``devtools.py``).
"""

import argparse
import gzip
import http.server
import os
import statistics
import sys
import tempfile
import threading
import time
import urllib.request
from typing import Any

from devtools import Browser, launched
from measure import SLUG, prepared, serve

PHONE = {"width": 390, "height": 844, "deviceScaleFactor": 3, "mobile": True}
SLOW_4G = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 750e3 / 8}
NO_DELAY = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
WIRE_BAR, WIDGET_BAR, INTERACTIVE_BAR = 15_000, 10_000, 200
BARE = b"""<!doctype html><html lang="it"><meta name="viewport" content="width=device-width">
<title>1</title><link rel="icon" href="data:,">
<form method="post"><div class="q"><label><input type="radio" name="a" value="1">1</label></div></form>
<script>document.querySelector("form").classList.add("steps")</script>"""
# Taps the first option once the page's script has made its steps, and says when the frame after it was painted
WATCH = """
addEventListener("DOMContentLoaded", () => {
  const option = document.querySelector(".q input[type=radio]");
  const look = () => {
    if (!document.querySelector("form.steps")) return setTimeout(look, 1);
    option.addEventListener("input", () => requestAnimationFrame(() => setTimeout(() => {
      window.interactive = performance.now();
      window.answered("");
    })));
    option.click();
  };
  look();
});
"""
QUIET = 5_000
#: Phone → its BenchmarkIndex, as in Chromium's «CPU throttling presets»
PHONES = {"mid-tier": 1000, "low-tier": 264}
# Lighthouse's BenchmarkIndex: strings of 10,000 signs built sign by sign, a tenth of how many in a second
INDEX = """(() => {
  const begun = performance.now();
  let built = 0;
  for (; performance.now() - begun < 250; built++) {
    let text = "";
    for (let sign = 0; sign < 10000; sign++) text += "a";
    if (text.length === 1) throw new Error("never, but the compiler does not know");
  }
  return built * 100 / (performance.now() - begun);
})()"""
# The tasks of more than 50 ms, as the browser counts them
LISTEN = """
window.tasks = [];
new PerformanceObserver((list) => {
  window.tasks.push(...list.getEntries().map((task) => task.startTime + task.duration));
}).observe({ type: "longtask", buffered: true });
"""
SETTLED = f"""(() => {{
  const shown = performance.getEntriesByName("first-contentful-paint")[0];
  const [page] = performance.getEntriesByType("navigation");
  if (!shown || !page.domContentLoadedEventEnd) return null;
  const ends = Math.max(shown.startTime, page.domContentLoadedEventEnd, ...window.tasks);
  return performance.now() - ends >= {QUIET} ? ends : null;
}})()"""
PAINT = """(performance.getEntriesByName("first-contentful-paint")[0] || { startTime: null }).startTime"""


class Phone:
    """A page of a browser that has seen nothing yet, on a slow processor: ``heard`` are the events of its protocol."""

    def __init__(self, browser: Browser, network: dict[str, float], processor: float, script: str) -> None:
        self.browser = browser
        self.heard: list[dict[str, Any]] = []
        browser.listen(self.heard.append)
        self.context = browser.send("Target.createBrowserContext")["browserContextId"]
        target = browser.send("Target.createTarget", url="about:blank", browserContextId=self.context)["targetId"]
        self.session = browser.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.send("Emulation.setDeviceMetricsOverride", **PHONE)
        self.send("Emulation.setTouchEmulationEnabled", enabled=True)
        self.send("Network.enable")
        self.send("Network.setCacheDisabled", cacheDisabled=True)
        self.send("Network.setExtraHTTPHeaders", headers={"accept-language": "it-IT"})
        self.send("Network.emulateNetworkConditions", **network)
        self.send("Emulation.setCPUThrottlingRate", rate=processor)
        self.send("Page.enable")
        self.send("Runtime.enable")
        self.send("Runtime.addBinding", name="answered")
        self.send("Performance.enable", timeDomain="threadTicks")
        self.send("Page.addScriptToEvaluateOnNewDocument", source=script)

    def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        return self.browser.send(method, self.session, **parameters)

    def open(self, address: str, until: str) -> None:
        """Opens that page and waits for that event, without asking the page for anything."""
        self.send("Page.navigate", url=address)
        self.browser.wait(lambda: self.events(until))

    def ask(self, expression: str) -> Any:
        return self.send("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")

    def events(self, method: str) -> list[dict[str, Any]]:
        return [event["params"] for event in self.heard if event.get("method") == method]

    def close(self) -> None:
        self.browser.forget(self.heard.append)
        self.browser.send("Target.disposeBrowserContext", browserContextId=self.context)

    @property
    def work(self) -> float:
        """How long the main thread has worked by its own clock, in milliseconds, waiting not counted."""
        metrics = {one["name"]: one["value"] for one in self.send("Performance.getMetrics")["metrics"]}
        return metrics["TaskDuration"] * 1000

    @property
    def byte(self) -> float:
        """When the first byte of the page came, in milliseconds after it was asked for."""
        asked, heard = self.events("Network.requestWillBeSent")[0], self.events("Network.responseReceived")[0]
        return (heard["timestamp"] - asked["timestamp"]) * 1000


def slowdown_to(browser: Browser, index: float) -> float:
    """How many times this machine must be slowed down to be as fast as a phone of that BenchmarkIndex; 1 where it is no
    faster. By bisection, each time the median of three.
    """
    phone = Phone(browser, NO_DELAY, 1, "")

    def at(rate: float) -> float:
        phone.send("Emulation.setCPUThrottlingRate", rate=rate)
        return statistics.median(phone.ask(INDEX) for _ in range(3))

    at(1)  # compiles it
    low, high = 1.0, 20.0
    if at(low) > index:
        while high - low > 0.1:
            middle = (low + high) / 2
            low, high = (middle, high) if at(middle) > index else (low, middle)
    else:
        high = low
    phone.close()
    return high


def settled(browser: Browser, address: str, processor: float) -> float:
    """Time to interactive as Lighthouse defines it, in milliseconds from the first byte, of one first visit."""
    phone = Phone(browser, NO_DELAY, processor, LISTEN)
    phone.open(address, "Page.loadEventFired")
    ends = None
    while ends is None:
        time.sleep(QUIET / 1000)
        ends = phone.ask(SETTLED)
    byte = phone.byte
    phone.close()
    return float(ends) - byte


def visit(browser: Browser, address: str, network: dict[str, float], processor: float) -> dict[str, float]:
    """Times in milliseconds, and what went over the wire, of one first visit."""
    phone = Phone(browser, network, processor, WATCH)
    before = phone.work
    phone.open(address, "Runtime.bindingCalled")
    work = phone.work - before
    while (paint := phone.ask(PAINT)) is None:
        time.sleep(0.01)
    sizes = [event["encodedDataLength"] for event in phone.events("Network.loadingFinished")]
    found = {"paint": paint, "interactive": phone.ask("window.interactive"), "work": work, "byte": phone.byte}
    phone.close()
    return {**found, "bytes": sum(sizes), "requests": len(sizes)}


def report(name: str, visits: list[dict[str, float]], ends: float | None = None) -> float:
    """Prints medians; returns when a tap was answered, from the first byte."""
    median = {key: statistics.median(one[key] for one in visits) for key in visits[0]}
    contentful, answered = (
        statistics.median(one[key] - one["byte"] for one in visits) for key in ("paint", "interactive")
    )
    lighthouse = "" if ends is None else f"{ends:4.0f} ms"
    print(
        f"{name:18s} {contentful:10.0f} ms {lighthouse:>12s} {answered:9.0f} ms {median['work']:8.0f} ms "
        f"{median['byte']:9.0f} ms {median['bytes']:10,.0f} in {median['requests']:.0f}"
    )
    return answered


class Bare(http.server.BaseHTTPRequestHandler):
    """Serves the bare page."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.send_header("content-length", str(len(BARE)))
        self.end_headers()
        self.wfile.write(BARE)

    def log_message(self, format: str, *arguments: object) -> None:
        """Says nothing."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visits", type=int, default=5)
    parser.add_argument("--processor", type=float, help="so many times slower, instead of the phones")
    arguments = parser.parse_args()
    environment = prepared(tempfile.mkdtemp(prefix="premura-page-", dir=os.environ.get("TMPDIR")))
    server, port = serve("premura.asgi:application", environment)
    address = f"http://127.0.0.1:{port}/s/{SLUG}"
    floor = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Bare)
    threading.Thread(target=floor.serve_forever, daemon=True).start()
    try:
        with urllib.request.urlopen(f"{address}/widget.js") as answer:
            widget = len(gzip.compress(answer.read(), 9))
        with launched() as browser:
            visit(browser, address, NO_DELAY, 1)  # the first page of a browser pays for the browser
            phones = {name: slowdown_to(browser, index) for name, index in PHONES.items()}
            if arguments.processor:
                phones = {"own": arguments.processor}
            bare = f"http://127.0.0.1:{floor.server_port}/"
            print(f"{browser.send('Browser.getVersion')['product']}, 390 × 844, medians, from the first byte")
            found = [look(browser, name, rate, address, bare, arguments.visits) for name, rate in phones.items()]
    finally:
        floor.shutdown()
        server.terminate()
        server.wait()
    wire, interactive = found[0]
    print(
        f"bars: {wire:,.0f} of {WIRE_BAR:,} bytes with headers; widget {widget:,} of {WIDGET_BAR:,} bytes with gzip; ",
        end="",
    )
    print(f"tap answered {interactive:.0f} of {INTERACTIVE_BAR} ms from the first byte, the slower of both networks")
    return 0 if wire <= WIRE_BAR and widget <= WIDGET_BAR and interactive <= INTERACTIVE_BAR else 1


def look(browser: Browser, name: str, rate: float, address: str, bare_address: str, visits: int) -> tuple[float, float]:
    """Prints what a phone takes; returns the bytes over the wire and when a tap was answered, on the slower network."""
    pages = {"bare page": bare_address, "public page": address}
    found: dict[tuple[str, str], list[dict[str, float]]] = {}
    ends: dict[str, list[float]] = {}
    for _ in range(visits):  # turn by turn, so that a slow minute is everybody's
        for page, where in pages.items():
            for network, conditions in {"": NO_DELAY, ", slow 4G": SLOW_4G}.items():
                found.setdefault((page, network), []).append(visit(browser, where, conditions, rate))
    for _ in range(visits):  # afterwards: each begins and ends with seconds of doing nothing
        for page, where in pages.items():
            ends.setdefault(page, []).append(settled(browser, where, rate))
    print(f"{name} phone: processor {rate:.1f} × slower than this machine's")
    print(f"{'':18s} first contents   Lighthouse  tap answered  its work  first byte  bytes in requests")
    answered = {
        (page, network): report(page + network, several, None if network else statistics.median(ends[page]))
        for (page, network), several in found.items()
    }
    wire = max(one["bytes"] for (page, _), several in found.items() if page == "public page" for one in several)
    return wire, max(answered["public page", ""], answered["public page", ", slow 4G"])


if __name__ == "__main__":
    sys.exit(main())
