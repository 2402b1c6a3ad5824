// Without this script the page works whole: one form, one button. With it: one question a screen on a phone, and answers that
// could not be sent wait on the device and are tried again.
(() => {
const form = document.forms[0], say = form.dataset, $ = (name, from = form) => from.querySelector(name);
const questions = [...form.querySelectorAll(".q")], notice = $(".notice"), progress = $(".progress");
const back = $(".back"), next = $(".next"), send = $(".send");
// Each filled-in form waits on the device under its own key; on a device that customers share nobody is shown another's
const key = form.elements.key, shelf = "premura:" + form.getAttribute("action"), kept = () => shelf + ":" + key.value, typed = shelf + ":typed";
const shared = say.kiosk || form.elements.via && form.elements.via.value === "counter";
// A key belongs to one filling-in in one tab. The page's own does not: after «back», and in a tab that was doubled, the browser
// shows what it keeps for the address, and that may be another tab's page. What was sent stays at its place in the tab's history
const renew = () => { key.value = key.value.slice(0, 16) + "~" + crypto.getRandomValues(new Uint32Array(3)).join(""); };
const hold = () => { if (!shared && (history.state || {}).key !== key.value) history.replaceState({ ...history.state, key: key.value }, ""); };
// Made when a counter first moves: making it costs a slow phone a sixth of a second
const number = () => number.made ??= new Intl.NumberFormat(document.documentElement.lang, { useGrouping: "always" });
// A private window, or a frame on another site, may refuse to keep anything, even to be asked: then nothing is kept. Asking
// makes the browser's processes wait for one another, so a page that is only being opened does not
const local = "localStorage", session = "sessionStorage";
const keep = (place, name, value) => { try { value === null ? window[place].removeItem(name) : window[place].setItem(name, value); return true; } catch { return false; } };
const read = (place, name) => { try { return window[place].getItem(name); } catch { return null; } };
// A chosen file is sent as a form with files and cannot wait on the device; everything else is text
const chosen = () => [...new FormData(form)].map(([, value]) => value.size || 0), files = () => chosen().some(Boolean);
const heavy = () => Math.max(...chosen()) > 12 << 20 || chosen().reduce((sum, size) => sum + size, 0) > 19 << 20;
// How long it took, by this device's own watch; a tablet does not know when its customer came, a form that came back when it began
const seconds = () => { if (!say.kiosk && spent >= 0) return Math.ceil(spent + (performance.now() - began) / 1000); };
const body = (all) => { settle(); const data = new FormData(form); if (seconds()) data.set("seconds", seconds()); return all && files() ? data : new URLSearchParams([...data].filter(([, value]) => typeof value === "string")).toString(); };
// Questions that the survey's logic does not ask now carry data-off
const asked = (q) => !("off" in q.dataset), after = (to) => questions.findIndex((q, i) => i > to && asked(q));
const began = performance.now();
// Where a page has text fields a browser looks through its form for names and passwords, laying it out for each field: on a
// phone the questions that are not shown are out of the page until the first one stands. On the way back or after a reload they
// stay, so that the browser can fill them in as they were left
const away = [], isNew = performance.getEntriesByType("navigation").every(({ type }) => type === "navigate");
let spent = notice.textContent.trim() ? -1 : 0, step = 0, busy = false, timer = 0, pause = 2000;
form.noValidate = true;
// Whoever sent a personal link learns that somebody looked at it; a mail program that fetches links runs no script
const link = form.elements.i, opened = () => { if (!document.hidden) { removeEventListener("visibilitychange", opened); fetch("/listening/opened/" + link.value + "/", { method: "POST", keepalive: true }).catch(() => {}); } };
if (link && link.value && !shared) { addEventListener("visibilitychange", opened); opened(); }

const isAnswered = (q) => [...q.querySelectorAll("input,textarea,select")].some((field) => field.name && (field.type === "checkbox" || field.type === "radio" ? field.checked && field.value : field.value.trim()));
const tell = (text, calm) => { notice.replaceChildren(); notice.classList.toggle("calm", !!calm); if (text) { const p = document.createElement("p"); p.textContent = text; notice.append(p); } };
const mark = (q, text) => {
  q.classList.toggle("wrong", !!text);
  // A text without a question has none
  const error = $(".error", q);
  if (error) error.textContent = text || "";
  const field = $("textarea,.entry input,select", q);
  if (field) text ? field.setAttribute("aria-invalid", "true") : field.removeAttribute("aria-invalid");
};
const lacking = (q) => asked(q) && $(".must", q) && !isAnswered(q);
const goToField = (q) => { if (form.classList.contains("steps")) show(questions.indexOf(q)); $("input,textarea,select", q).focus(); };

// Steps
const duration = (seconds) => seconds <= 30 ? say.less : seconds <= 75 ? say.minute : say.minutes.replace("%(minutes)s", Math.round(seconds / 60 + .25));
// What is as it was is not touched: a touched text is laid out again before the tap is answered
const put = (node, name, value) => { if (node[name] !== value) node[name] = value; };
const show = (to, moved) => {
  step = to;
  questions.forEach((q, i) => { q.hidden = i !== to; });
  form.classList.toggle("inner", to > 0);
  back.hidden = to === after(-1);
  next.hidden = after(to) < 0;
  send.hidden = !next.hidden;
  const left = questions.slice(to).filter(asked).reduce((sum, q) => sum + +q.dataset.seconds, 0);
  const place = questions.slice(0, to + 1).filter(asked).length, count = questions.filter(asked).length;
  put($("p", progress), "textContent", say.position.replace("%(number)s", place).replace("%(count)s", count) + " · " + duration(left));
  put($("progress", progress), "max", count);
  put($("progress", progress), "value", place);
  if (moved) { tell(""); scrollTo(0, 0); questions[to].focus({ preventScroll: true }); }
};
// Where one comes from is written down when one leaves it
const isWritten = () => history.state && history.state.step === step;
const move = (to) => { settle(); if (!isWritten()) history.replaceState({ ...history.state, step }, ""); history.pushState({ ...history.state, step: to }, ""); show(to, true); };
if ((say.kiosk || matchMedia("(max-width: 640px)").matches) && questions.length > 1) {
  form.classList.add("steps");
  progress.hidden = false;
  questions.forEach((q) => { q.tabIndex = -1; });
  addEventListener("popstate", (event) => { settle(); if (event.state && "step" in event.state) show(event.state.step, true); });
  // Whoever was led back to a question that lacks its answer did not come by the steps before it
  back.onclick = () => { if (isWritten()) history.back(); else show(questions.reduce((last, q, i) => i < step && asked(q) ? i : last, after(-1)), true); };
  next.onclick = () => { const q = questions[step]; if (lacking(q)) { mark(q, say.required); goToField(q); } else { mark(q); move(after(step)); } };
  const wrong = questions.findIndex((q) => q.classList.contains("wrong"));
  show(wrong < 0 ? after(-1) : wrong);
  if (wrong < 0 && isNew && !say.rules) [...questions, $(".trap")].forEach((one, i) => { if (i !== step) { const place = new Comment(); one.replaceWith(place); away.push([place, one]); } });
  if (wrong >= 0) goToField(questions[wrong]);
}
form.addEventListener("input", (event) => {
  const q = event.target.closest(".q");
  if (!q) return;
  if (form.classList.contains("steps")) show(step);
  if (q.classList.contains("wrong")) mark(q);
  const counter = $(".counter", q);
  if (counter) counter.textContent = say.counter.replace("%(count)s", number().format(event.target.value.length)).replace("%(limit)s", number().format(event.target.maxLength));
});
// Enter in a step means «next», not «send»
form.addEventListener("keydown", (event) => { if (event.key === "Enter" && event.target.type === "radio" && !next.hidden) { event.preventDefault(); next.click(); } });

// A number on a scale may be slid to as well; what is untouched is no answer
questions.filter((q) => q.classList.contains("slider")).forEach((q) => {
  const number = $("input", q), range = number.cloneNode();
  range.type = "range"; range.removeAttribute("name"); range.removeAttribute("id"); range.setAttribute("aria-label", $("label", q).textContent);
  range.oninput = () => { number.value = range.value; };
  number.addEventListener("input", () => { if (number.value) range.value = number.value; });
  number.before(range);
});
// A long list is narrowed by a few letters
questions.filter((q) => q.classList.contains("list")).forEach((q) => {
  const list = $("select", q), all = [...list.options], search = document.createElement("input");
  if (all.length < 9) return;
  search.type = "search"; search.placeholder = say.search; search.setAttribute("aria-label", say.search); search.className = "search";
  const plain = (text) => text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "");
  search.oninput = () => { const kept = list.value; list.replaceChildren(...all.filter((o) => !o.value || o.value === kept || plain(o.text).includes(plain(search.value)))); list.value = kept; };
  list.before(search);
});

// Sending
const post = (data) => fetch(form.action, { method: "POST", body: data, headers: typeof data === "string" ? { accept: "application/json", "content-type": "application/x-www-form-urlencoded" } : { accept: "application/json" } });
// Only our own words count: what a hotel's network says in our place is no answer
const isTaken = async (answer) => answer.ok && !!(await answer.clone().json()).id;
const isRefused = (answer) => !answer.ok && answer.status < 500 && answer.status !== 429 && (answer.headers.get("content-type") || "").startsWith("application/problem+json");
const refused = () => say.refused.replace("%(count)s", waiting().length).replace("%(address)s", form.action.split("?")[0]);
const waiting = () => { try { return Object.keys(window[local]).filter((name) => name.startsWith(shelf)); } catch { return []; } };
const work = (on) => { busy = on; send.setAttribute("aria-disabled", on); if (on) tell(say.sending, true); };
const leave = async (answer) => { keep(local, kept(), null); keep(session, typed, null); if (shared) { form.reset(); renew(); } const { ending, wish, further } = await answer.json(); location.href = say.thanks + (answer.status === 200 ? "&again=1" : "") + (further ? "&more=1" : "") + (ending ? "&e=" + ending : "") + (wish ? "&p=" + wish : ""); };
const later = (data) => { tell(typeof data !== "string" ? say.held : keep(local, kept(), data) ? say.waiting : say.open); clearTimeout(timer); timer = setTimeout(submit, pause = Math.min(pause * 2, 60000)); };
const refuse = async (answer) => {
  const problem = await answer.json(), known = [];
  // The questions changed meanwhile: the new ones, with what was typed
  if (answer.status === 409 && keep(session, typed, body() + "&why=" + encodeURIComponent(problem.detail))) return location.reload();
  (problem.problems || []).forEach(({ question, message }) => { const q = document.getElementById("q-" + question); if (q) { mark(q, message); known.push(q); } });
  const other = (problem.problems || []).find(({ question }) => !document.getElementById("q-" + question));
  tell(other ? other.message : problem.detail);
  const first = questions.find((q) => known.includes(q));
  if (first) goToField(first);
};
const submit = async () => {
  if (busy) return;
  clearTimeout(timer);
  const data = body(true);
  hold();
  work(true);
  try {
    const answer = await post(data);
    work(false);
    if (await isTaken(answer)) await leave(answer);
    else if (!isRefused(answer)) later(data);
    else {
      await refuse(answer);
      // What can be put right stays on the device where it waited there, as it is now
      const isOver = [403, 404, 410].includes(answer.status);
      if (read(local, kept())) keep(local, kept(), isOver ? null : body());
    }
  } catch { work(false); later(data); }
};
form.addEventListener("submit", (event) => {
  event.preventDefault();
  settle();
  const missing = questions.filter(lacking);
  missing.forEach((q) => mark(q, say.required));
  if (missing.length) goToField(missing[0]);
  else if (!questions.some((q) => asked(q) && isAnswered(q))) tell(say.empty);
  else if (heavy()) tell(say.heavy);
  else (form.premuraSend || submit)();
});
addEventListener("online", () => { if (timer) submit(); });

// What a tablet left to customers needs (kiosk.js)
form.premura = { $, local, session, shelf, isTaken, isRefused, refused, waiting, asked, questions, after, body, keep, mark, post, read, refuse, show, tell, work, renew, isBusy: () => busy };

// Another language keeps what was typed
document.querySelectorAll(".language").forEach((link) => { link.onclick = () => { keep(session, typed, body()); }; });
const fill = (text) => {
  const all = new URLSearchParams(text);
  spent = +all.get("seconds") || -1;
  all.forEach((value, name) => {
    if (name.startsWith("q.")) form.querySelectorAll(`[name="${CSS.escape(name)}"]`).forEach((field) => { if (field.type !== "radio" && field.type !== "checkbox") field.value = value; else if (field.value === value) field.checked = true; });
  });
  form.dispatchEvent(new Event("input"));
  return all;
};
// What the first tap does not need is done when it is over, or as soon as anything else is asked of the page
let isSettled = false, draft = null;
const settle = () => {
  if (isSettled) return;
  isSettled = true;
  away.forEach(([place, one]) => place.replaceWith(one));
  if (!shared && history.state && history.state.key) key.value = history.state.key; else renew();
  draft = read(session, typed);
  if (draft) { const all = fill(draft); keep(session, typed, null); key.value = all.get("key"); hold(); tell(all.get("why")); }
  resend().catch(() => { /* still no connection: they stay */ });
};

// What waited on this device from earlier visits goes out now; its key makes twice harmless. What is refused comes back
// into the form, with why, to be mended: nothing is thrown away
const bring = (name, text, { detail, problems = [] }) => {
  const all = fill(text);
  all.forEach((value, field) => {
    if (!/^(key|at|via|i|f[.].+)$/.test(field)) return;
    if (!form.elements[field]) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: field }));
    form.elements[field].value = value;
  });
  // Its place is that of its own key from now on
  if (name !== kept() && keep(local, kept(), text)) keep(local, name, null);
  problems.forEach(({ question, message }) => { const q = document.getElementById("q-" + question); if (q) mark(q, message); });
  tell(say.returned.replace("%(reason)s", problems.length ? problems[0].message : detail));
};
const resend = async () => {
  for (const name of waiting()) {
    const text = read(local, name), answer = await post(text);
    if (await isTaken(answer)) { keep(local, name, null); tell(say.before, true); }
    else if (!isRefused(answer)) return;
    else if (shared) { if (!say.kiosk) tell(refused(), true); }
    else if (!draft && !questions.some(isAnswered)) return bring(name, text, await answer.json());
  }
};
requestAnimationFrame(() => setTimeout(settle, 200));
})();
