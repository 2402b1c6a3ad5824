// Draws the charts of a page: loads Vega only when there is one, takes colours and face from the tokens,
// draws again when the scheme changes. Expressions are interpreted (ast), never evaluated: the content policy forbids that.
(() => {
  const loaded = new Map();
  const load = (address) => {
    if (!loaded.has(address)) {
      loaded.set(address, new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.src = address;
        script.onload = resolve;
        script.onerror = reject;
        document.head.append(script);
      }));
    }
    return loaded.get(address);
  };

  const token = (element, name) => getComputedStyle(element).getPropertyValue(`--${name}`).trim();

  const theme = (element) => {
    const of = (name) => token(element, name);
    const face = getComputedStyle(element).fontFamily;
    return {
      background: "transparent",
      font: face,
      padding: 0,
      autosize: { type: "fit-x", contains: "padding" },
      view: { stroke: null },
      axis: {
        labelColor: of("ink-quiet"), titleColor: of("ink-quiet"), gridColor: of("line"), domain: false, ticks: false,
        labelFontSize: 13, titleFontSize: 13, titleFontWeight: "normal", labelPadding: 8, labelFont: face, titleFont: face,
      },
      axisX: { grid: false, labelAngle: 0 },
      title: { color: of("ink"), font: face },
      text: { color: of("ink"), font: face, fontSize: 13 },
      line: { color: of("green"), strokeWidth: 2 },
      area: { color: of("green") },
      point: { color: of("green"), strokeWidth: 2 },
      circle: { color: of("green"), opacity: 1 },
      bar: { color: of("green") },
      rule: { color: of("ink-quiet") },
      range: { category: ["green", "amber", "good", "bad", "ink-quiet"].map(of), diverging: [of("bad"), of("line"), of("good")] },
      style: {
        band: { color: of("green"), fillOpacity: 0.14 },
        signal: { color: of("bad") },
        ours: { color: of("green") },
        quiet: { color: of("ink-quiet") },
        limit: { color: of("line-strong") },
        bad: { color: of("bad") },
        good: { color: of("good") },
        label: { color: of("ink") },
        halo: { color: of("surface"), stroke: of("surface") },
      },
    };
  };

  const draw = async (figure) => {
    const place = figure.querySelector(".chart-drawing");
    const spec = JSON.parse(figure.querySelector("script").textContent);
    const locale = document.documentElement.lang === "it"
      ? { decimal: ",", thousands: ".", grouping: [3], currency: ["", " €"] }
      : { decimal: ".", thousands: ",", grouping: [3], currency: ["€", ""] };
    try {
      for (const address of figure.dataset.sources.split(" ")) await load(address);
      await vegaEmbed(place, { width: "container", ...spec }, {
        ast: true, renderer: "svg", actions: false, config: theme(figure), formatLocale: locale,
        tooltip: { theme: "custom", disableDefaultStyle: true },
      });
      figure.dataset.drawn = "1";
    } catch (error) {
      // The table says the same: open it
      figure.querySelector("details").open = true;
      figure.dataset.drawn = "failed";
      throw error;
    }
  };

  const near = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      near.unobserve(entry.target);
      draw(entry.target);
    }
  }, { rootMargin: "400px" });

  const look = (root) => root.querySelectorAll("[data-chart]:not([data-drawn])").forEach((figure) => near.observe(figure));
  document.addEventListener("htmx:load", (event) => look(event.target.parentElement || document));
  addEventListener("themechange", () => document.querySelectorAll("[data-chart][data-drawn='1']").forEach(draw));
  addEventListener("beforeprint", () => document.querySelectorAll("[data-chart]:not([data-drawn])").forEach(draw));
  look(document);
})();
