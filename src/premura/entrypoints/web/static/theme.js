// Runs before the first paint, so that nothing flashes: light or dark, sidebar narrow or wide.
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const kept = (name) => {
    try { return localStorage.getItem(name); } catch { return null; }
  };
  const apply = () => {
    const theme = kept("theme") || "device";
    root.dataset.bsTheme = theme === "device" ? (dark.matches ? "dark" : "light") : theme;
    root.dataset.themeChoice = theme;
    dispatchEvent(new Event("themechange"));
  };
  root.classList.add("js");
  if (kept("sidebar") === "narrow") root.dataset.sidebar = "narrow";
  dark.addEventListener("change", apply);
  addEventListener("storage", apply);
  apply();
  window.premuraTheme = (theme) => {
    try { localStorage.setItem("theme", theme); } catch { /* private windows keep nothing: the choice holds for this page */ }
    apply();
  };
})();
