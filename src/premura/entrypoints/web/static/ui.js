// Small behaviours of every page. Everything works without them, only with one step more.
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const isTyping = (element) => element.matches("input, textarea, select, [contenteditable]");

// Menus are native disclosures: close them from outside and by Escape
document.addEventListener("click", (event) => {
  for (const menu of all("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});

// Of a row of tabs wider than the screen, the one that is open is in sight
for (const tab of all(".tabs [aria-current]")) tab.parentElement.scrollLeft = tab.offsetLeft - tab.parentElement.offsetLeft - 32;

// Dialogs: data-open="#id", data-close; a click on the veil closes
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open]");
  if (opener) {
    event.preventDefault();
    document.querySelector(opener.dataset.open)?.showModal();
  }
  if (event.target.closest("[data-close]") || event.target.matches("dialog.sheet, dialog.palette")) event.target.closest("dialog")?.close();
});

// Light, dark, or as the device
const showTheme = () => {
  for (const button of all("[data-theme-set]")) button.setAttribute("aria-pressed", button.dataset.themeSet === document.documentElement.dataset.themeChoice);
};
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-theme-set]");
  if (button) window.premuraTheme(button.dataset.themeSet);
});
addEventListener("themechange", showTheme);

// The sidebar remembers whether it is narrow
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-sidebar-toggle]")) return;
  const root = document.documentElement;
  const narrow = root.dataset.sidebar !== "narrow";
  if (narrow) root.dataset.sidebar = "narrow"; else delete root.dataset.sidebar;
  try { localStorage.setItem("sidebar", narrow ? "narrow" : "wide"); } catch { /* not kept */ }
});

// Command palette: Ctrl+K anywhere; "/" focuses the search field
const palette = document.getElementById("palette");
const field = palette?.querySelector("input");

const openPalette = (words = "") => {
  if (!palette || palette.open) return;
  palette.showModal();
  field.value = words;
  narrow();
  field.focus();
};

const items = () => all(".palette-item:not([hidden]), #palette-found a:not([hidden])", palette);

const narrow = () => {
  const words = field.value.trim().toLowerCase();
  for (const item of all("#palette-pages .palette-item", palette)) item.hidden = words !== "" && !item.textContent.toLowerCase().includes(words);
  if (!words) document.getElementById("palette-found").replaceChildren();
  choose(0);
};

const choose = (index) => {
  const shown = items();
  shown.forEach((item, n) => item.setAttribute("aria-selected", n === index));
  const chosen = shown[index];
  if (chosen) {
    chosen.id ||= `palette-item-${Math.random().toString(36).slice(2)}`;
    field.setAttribute("aria-activedescendant", chosen.id);
    chosen.scrollIntoView({ block: "nearest" });
  } else field.removeAttribute("aria-activedescendant");
};

field?.addEventListener("input", narrow);
field?.addEventListener("keydown", (event) => {
  const shown = items();
  const now = shown.findIndex((item) => item.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    choose((now + (event.key === "ArrowDown" ? 1 : -1) + shown.length) % Math.max(1, shown.length));
  } else if (event.key === "Enter" && shown[now]) {
    event.preventDefault();
    shown[now].click();
  }
});
document.addEventListener("htmx:afterSwap", (event) => { if (event.target.id === "palette-found") choose(0); });

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    openPalette();
  } else if (event.key === "/" && !isTyping(event.target) && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    const search = document.getElementById("search");
    if (search?.offsetParent) search.focus(); else openPalette();
  } else if (event.key === "Escape") {
    for (const menu of all("details.menu[open]")) { menu.open = false; menu.querySelector("summary").focus(); }
  }
});
// On a phone the search field is a link to the search; here it opens the palette
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-palette]")) return;
  event.preventDefault();
  openPalette();
});

// A sentence that is its own filter: a change is sent at once
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-sentence]");
  if (form) form.requestSubmit();
});

// Copy to the clipboard, and say so
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.querySelector(button.dataset.copy);
  source.select();
  try { await navigator.clipboard.writeText(source.value); } catch { document.execCommand("copy"); }
  const label = button.querySelector("span");
  const before = label.textContent;
  label.textContent = button.dataset.done;
  button.setAttribute("aria-live", "polite");
  setTimeout(() => { label.textContent = before; }, 2000);
});
document.addEventListener("focusin", (event) => { if (event.target.matches("[data-select]")) event.target.select(); });

// Toasts go by themselves, unless they hold something to do; hovering or focus keeps them
const startToast = (toast) => {
  if (toast.dataset.started || toast.hasAttribute("data-stays")) return;
  toast.dataset.started = "1";
  const later = () => { if (toast.matches(":hover, :focus-within")) setTimeout(later, 3000); else toast.remove(); };
  setTimeout(later, 8000);
};
document.addEventListener("click", (event) => { event.target.closest("[data-close-toast]")?.closest("[data-toast]").remove(); });

// A summary of errors takes the focus, so that a screen reader starts there
const settle = (root) => {
  all("[data-toast]", root).forEach(startToast);
  root.querySelector("[data-focus]:not([data-keep-focus] *)")?.focus();
};
document.addEventListener("htmx:load", (event) => settle(event.target));

// A refusal answers a fragment with a page of its own: show it rather than nothing
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status === 422) { event.detail.shouldSwap = true; event.detail.isError = false; }
});
document.addEventListener("htmx:responseError", () => say(document.body.dataset.failed));
document.addEventListener("htmx:sendError", () => say(document.body.dataset.unreachable));

// A page that takes longer than a second says so; a file leaves us where we are
let isLate;
const awaited = (event) => {
  const link = event.target.closest("a[href], form");
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || link.target) return;
  const address = new URL(link.href || link.action, location);
  if (address.origin !== location.origin || address.searchParams.has("as") || link.hasAttribute("download")) return;
  if (link.href && address.hash && address.pathname + address.search === location.pathname + location.search) return;
  clearTimeout(isLate);
  isLate = setTimeout(() => say(document.body.dataset.slow, "status"), 1000);
};
document.addEventListener("click", (event) => { if (event.target.closest("a[href]")) awaited(event); });
document.addEventListener("submit", awaited);
addEventListener("pageshow", () => {
  clearTimeout(isLate);
  all("#toasts [role=status]").forEach((line) => line.remove());
});

const say = (words, role = "alert") => {
  if (!words) return;
  const line = document.createElement("div");
  line.className = role === "alert" ? "toast-line toast-alert" : "toast-line";
  line.setAttribute("role", role);
  line.dataset.toast = "";
  line.textContent = words;
  document.getElementById("toasts")?.append(line);
  if (role === "alert") startToast(line);
};

showTheme();
settle(document);
