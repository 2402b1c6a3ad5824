// Asks the visitors of a web site. No cookie; remembers in the browser only that it has asked, and when.
//   <script async src=".../s/SURVEY/widget.js" data-show="button"></script>
// data-show: "button" (a tab in the corner), "delay" (data-after seconds), "scroll" (data-depth percent), "exit" (the pointer
// leaves the page; on a phone after data-after seconds). data-every: days before the same visitor is asked again (90).
// data-share: which share of visitors is asked at all (1). data-pages: beginnings of paths, with commas. data-lang, data-at
// (a place's code), data-side ("left"), data-f-NAME: what else the answer should carry.
(() => {
const me = document.currentScript, set = me.dataset, home = new URL(me.src), survey = home.origin + home.pathname.replace(/\/widget\.js$/, "");
const words = __WORDS__, wanted = (set.lang || document.documentElement.lang || navigator.language || "").slice(0, 2).toLowerCase();
const language = words[wanted] ? wanted : Object.keys(words)[0], say = words[language], name = "premura:" + survey, DAY = 864e5;
const read = () => { try { return JSON.parse(localStorage.getItem(name)) || {}; } catch { return {}; } };
const keep = (more) => { try { localStorage.setItem(name, JSON.stringify({ ...read(), ...more })); } catch { /* a private window keeps nothing */ } };
const number = (value, otherwise) => value !== undefined && value !== "" && isFinite(value) ? Number(value) : otherwise;
const pages = (set.pages || "").split(",").map((path) => path.trim()).filter(Boolean);
if (pages.length && !pages.some((path) => location.pathname.startsWith(path))) return;
const memory = read(), isButton = !["delay", "scroll", "exit"].includes(set.show);
if (memory.draw === undefined) keep({ draw: memory.draw = Math.random() });
if (memory.draw >= number(set.share, 1)) return;
if (!isButton && memory.asked && Date.now() - memory.asked < number(set.every, 90) * DAY) return;
const css = `
:host{all:initial}
*{box-sizing:border-box;font:16px/1.4 system-ui,sans-serif}
.tab,.box{position:fixed;inset-inline-end:16px;z-index:2147483000}
.left .tab,.left .box{inset-inline:16px auto}
.tab{bottom:16px;min-height:48px;padding:0 20px;border:0;border-radius:24px;background:#1f5c46;color:#fff;font-weight:600;cursor:pointer;box-shadow:0 4px 18px rgb(0 0 0/.25)}
.box{bottom:16px;width:min(420px,calc(100vw - 32px));height:min(640px,calc(100vh - 32px));display:flex;flex-direction:column;overflow:hidden;border-radius:14px;background:#faf6ef;color:#26231e;border:1px solid #e4dccf;box-shadow:0 12px 40px rgb(0 0 0/.3)}
.bar{display:flex;justify-content:flex-end;flex:none}
.bar button{min-width:48px;min-height:44px;padding:0 16px;border:0;background:none;color:inherit;cursor:pointer}
button:focus-visible{outline:3px solid #1f5c46;outline-offset:-3px}
.tab:focus-visible{outline-offset:2px}
iframe{flex:1;width:100%;border:0}
@media(max-width:480px){.box{inset:auto 0 0 0!important;width:100%;height:min(85vh,640px);border-radius:14px 14px 0 0}}
@media(prefers-color-scheme:dark){.box{background:#1b1916;color:#f1ebe1;border-color:#3a352e}.tab{background:#8fd0b2;color:#0f2219}}
@media print{.tab,.box{display:none}}`;
const host = document.createElement("div"), root = host.attachShadow({ mode: "open" }), stage = document.createElement("div");
const sheet = new CSSStyleSheet();
sheet.replaceSync(css);
root.adoptedStyleSheets = [sheet];
if (set.side === "left") stage.className = "left";
root.append(stage);
const make = (tag, more) => Object.assign(document.createElement(tag), more);
let before = null, isShown = false, hasAnswered = false;
const tab = make("button", { type: "button", className: "tab", textContent: say.open });
const address = () => {
  const query = new URLSearchParams({ lang: language, via: "web" });
  if (set.at) query.set("at", set.at);
  for (const [key, value] of Object.entries(set)) if (/^f[A-Z]/.test(key)) query.set("f." + key.slice(1).replace(/[A-Z]/g, (letter, at) => (at ? "_" : "") + letter.toLowerCase()), value);
  return survey + "?" + query;
};
const hide = () => {
  stage.replaceChildren();
  isShown = false;
  if (isButton && !hasAnswered) stage.append(tab);
  if (before && before.focus) before.focus();
};
const show = () => {
  if (isShown) return;
  isShown = true;
  before = root.activeElement || document.activeElement;
  keep({ asked: Date.now() });
  const box = make("div", { className: "box" }), bar = make("div", { className: "bar" }), close = make("button", { type: "button", textContent: say.later });
  box.setAttribute("role", "dialog");
  box.setAttribute("aria-label", say.title);
  const frame = make("iframe", { title: say.title, src: address() });
  let loads = 0;
  // The second page in the frame is the thanks
  frame.onload = () => { if (++loads > 1) { hasAnswered = true; close.textContent = say.close; } };
  close.onclick = hide;
  box.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
  bar.append(close);
  box.append(bar, frame);
  stage.replaceChildren(box);
  close.focus({ preventScroll: true });
};
tab.onclick = show;
const after = (seconds) => setTimeout(show, number(set.after, seconds) * 1000);
const start = () => {
  document.body.append(host);
  if (isButton) stage.append(tab);
  else if (set.show === "delay") after(20);
  else if (set.show === "scroll") {
    const look = () => { const all = document.documentElement.scrollHeight - innerHeight; if (all <= 0 || scrollY / all * 100 >= number(set.depth, 60)) { removeEventListener("scroll", look); show(); } };
    addEventListener("scroll", look, { passive: true });
  } else if (matchMedia("(hover: none)").matches) after(40);
  else document.documentElement.addEventListener("mouseleave", (event) => { if (event.clientY <= 0) show(); }, { once: true });
};
document.body ? start() : addEventListener("DOMContentLoaded", start);
})();
