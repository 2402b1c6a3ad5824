"""How soon a customer's phone can answer: first visits to the public page in a throttled Chromium.

    python benchmarks/collect/page.py [--visits 5] [--processor 4]

Every visit is a first one: a browser context of its own, with nothing cached. The phones are those that Chromium's own
developer tools know: *mid-tier*, like a Pixel 5, and *low-tier*, like a Moto G Power of 2022. As there, the processor
is slowed down (``Emulation.setCPUThrottlingRate``) until Lighthouse's BenchmarkIndex is 1,000 or 264, so that a slow
machine does not imitate a slower phone; ``--processor`` slows it down so many times instead. The bar is the mid-tier's.
The network is Lighthouse's «slow 4G»: 150 ms there and back, 1.6 Mbit/s down, 750 kbit/s up
(``Network.emulateNetworkConditions``); beside it the same phone without the network's delay, which is what the page
itself costs.

*Interactive* is the moment from which a tap is taken and handled: the page's own script has run (on a phone one
question is shown and the others are hidden) and a tap on the first option has been answered by a painted frame. A
script in the page taps as soon as that is so: no pause of the tool counts. Both are counted from the start of the
navigation, and from the first byte of the answer, as the browser's network reports it: the page's own ``responseStart``
is stamped below the emulated delay and never shows it, while everything after it does. In the same run the same is
asked of a bare page of one radio button in 300 bytes: below that no page of this browser on this machine gets.

Beside it stands *time to interactive* as Lighthouse defines it (https://web.dev/articles/tti): the end of the last task
of more than 50 ms before five seconds in which the main thread has none, never before the first contentful paint or the
end of ``DOMContentLoaded``. Nobody taps during such a visit.
"""

import argparse
import gzip
import http.server
import os
import statistics
import sys
import tempfile
import threading
import urllib.request

from measure import SLUG, prepared, serve
from playwright.sync_api import Browser, sync_playwright

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 3, "is_mobile": True, "has_touch": True}
SLOW_4G = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 750e3 / 8}
NO_DELAY = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
WIRE_BAR, WIDGET_BAR, INTERACTIVE_BAR = 15_000, 10_000, 200
BARE = b"""<!doctype html><html lang="it"><meta name="viewport" content="width=device-width"><title>1</title>
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
INDEX = """() => {
  const begun = performance.now();
  let built = 0;
  for (; performance.now() - begun < 250; built++) {
    let text = "";
    for (let sign = 0; sign < 10000; sign++) text += "a";
    if (text.length === 1) throw new Error("never, but the compiler does not know");
  }
  return built * 100 / (performance.now() - begun);
}"""
# The tasks of more than 50 ms, as the browser counts them
LISTEN = """
window.tasks = [];
new PerformanceObserver((list) => {
  window.tasks.push(...list.getEntries().map((task) => task.startTime + task.duration));
}).observe({ type: "longtask", buffered: true });
"""
SETTLED = """(quiet) => {
  const shown = performance.getEntriesByName("first-contentful-paint")[0];
  const [page] = performance.getEntriesByType("navigation");
  if (!shown || !page.domContentLoadedEventEnd) return null;
  const ends = Math.max(shown.startTime, page.domContentLoadedEventEnd, ...window.tasks);
  return performance.now() - ends >= quiet ? ends : null;
}"""
TIMES = """() => {
  const paint = performance.getEntriesByName("first-paint")[0];
  return { paint: paint ? paint.startTime : NaN, interactive: window.interactive };
}"""


class Phone:
    """A page of a browser that has seen nothing yet, on a slow processor: ``asked`` and ``heard`` are the instants of
    its requests and of the first bytes of their answers, in seconds; ``sizes`` is what went over the wire.
    """

    def __init__(self, browser: Browser, network: dict[str, float], processor: float) -> None:
        self.context = browser.new_context(**PHONE, locale="it-IT")
        self.page = self.context.new_page()
        self.asked: list[float] = []
        self.heard: list[float] = []
        self.sizes: list[float] = []
        session = self.context.new_cdp_session(self.page)
        session.send("Network.enable")
        session.send("Network.setCacheDisabled", {"cacheDisabled": True})
        session.send("Network.emulateNetworkConditions", network)
        session.send("Emulation.setCPUThrottlingRate", {"rate": processor})
        session.on("Network.requestWillBeSent", lambda event: self.asked.append(event["timestamp"]))
        session.on("Network.responseReceived", lambda event: self.heard.append(event["timestamp"]))
        session.on("Network.loadingFinished", lambda event: self.sizes.append(event["encodedDataLength"]))

    @property
    def byte(self) -> float:
        """When the first byte of the page came, in milliseconds after it was asked for."""
        return (self.heard[0] - self.asked[0]) * 1000


def slowdown_to(browser: Browser, index: float) -> float:
    """How many times this machine must be slowed down to be as fast as a phone of that BenchmarkIndex; 1 where it is no
    faster. By bisection, each time the median of three.
    """
    context = browser.new_context()
    page = context.new_page()
    session = context.new_cdp_session(page)

    def at(rate: float) -> float:
        session.send("Emulation.setCPUThrottlingRate", {"rate": rate})
        return statistics.median(page.evaluate(INDEX) for _ in range(3))

    at(1)  # compiles it
    low, high = 1.0, 20.0
    if at(low) > index:
        while high - low > 0.1:
            middle = (low + high) / 2
            low, high = (middle, high) if at(middle) > index else (low, middle)
    else:
        high = low
    context.close()
    return high


def settled(browser: Browser, address: str, processor: float) -> float:
    """Time to interactive as Lighthouse defines it, in milliseconds from the first byte, of one first visit."""
    phone = Phone(browser, NO_DELAY, processor)
    phone.page.add_init_script(LISTEN)
    phone.page.goto(address)
    ends = phone.page.wait_for_function(SETTLED, arg=QUIET, polling=500).json_value()
    phone.context.close()
    return float(ends) - phone.byte


def visit(browser: Browser, address: str, network: dict[str, float], processor: float) -> dict[str, float]:
    """Times in milliseconds, and what went over the wire, of one first visit."""
    phone = Phone(browser, network, processor)
    page = phone.page
    page.add_init_script(WATCH)
    page.goto(address)
    page.wait_for_function("() => window.interactive && performance.getEntriesByName('first-paint').length")
    times = page.evaluate(TIMES)
    phone.context.close()
    return {**times, "byte": phone.byte, "bytes": sum(phone.sizes), "requests": len(phone.sizes)}


def report(name: str, visits: list[dict[str, float]]) -> float:
    """Prints medians; returns when the page was interactive, from the first byte."""
    median = {key: statistics.median(one[key] for one in visits) for key in visits[0]}
    from_byte = statistics.median(one["interactive"] - one["byte"] for one in visits)
    print(
        f"{name:10s} first byte {median['byte']:4.0f} ms   first paint {median['paint']:4.0f} ms   "
        f"interactive {median['interactive']:4.0f} ms from the start, {from_byte:4.0f} ms from the first byte   "
        f"{median['bytes']:,.0f} bytes in {median['requests']:.0f} request(s)"
    )
    return from_byte


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
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
            visit(browser, address, NO_DELAY, 1)  # the first page of a browser pays for the browser
            phones = {name: slowdown_to(browser, index) for name, index in PHONES.items()}
            if arguments.processor:
                phones = {"own": arguments.processor}
            bare = f"http://127.0.0.1:{floor.server_port}/"
            print(f"Chromium {browser.version}, 390 × 844, medians")
            found = [look(browser, name, rate, address, bare, arguments.visits) for name, rate in phones.items()]
            browser.close()
    finally:
        floor.shutdown()
        server.terminate()
        server.wait()
    wire, interactive = found[0]
    print(
        f"bars: {wire:,.0f} of {WIRE_BAR:,} bytes with headers; widget {widget:,} of {WIDGET_BAR:,} bytes with gzip; ",
        end="",
    )
    print(f"tap answered {interactive:.0f} of {INTERACTIVE_BAR} ms from the first byte, without the network's delay")
    return 0 if wire <= WIRE_BAR and widget <= WIDGET_BAR and interactive <= INTERACTIVE_BAR else 1


def look(browser: Browser, name: str, rate: float, address: str, bare_address: str, visits: int) -> tuple[float, float]:
    """Prints what a phone takes; returns the bytes over the wire and when a tap was answered."""
    bare, plain = [], []
    for _ in range(visits):  # turn by turn, so that a slow minute is everybody's
        bare.append(visit(browser, bare_address, NO_DELAY, rate))
        plain.append(visit(browser, address, NO_DELAY, rate))
    ends = [settled(browser, address, rate) for _ in range(visits)]
    slow = [visit(browser, address, SLOW_4G, rate) for _ in range(visits)]
    print(f"{name} phone: processor {rate:.1f} × slower than this machine's")
    report("bare page", bare)
    interactive = report("no delay", plain)
    report("slow 4G", slow)
    lighthouse = statistics.median(ends)
    print(f"time to interactive as Lighthouse defines it: {lighthouse:.0f} ms from the first byte, without delay")
    return max(one["bytes"] for one in (*plain, *slow)), interactive


if __name__ == "__main__":
    sys.exit(main())
