// The survey's logic in place: the same rules as on the server (loop/listen/logic.py), which decides in the end.
(() => {
const form = document.forms[0], later = form.querySelector("template"), page = form.elements.page, send = form.querySelector(".send");
const rules = JSON.parse(form.dataset.rules || "null");
const questions = [...form.querySelectorAll(".q"), ...(later ? later.content.querySelectorAll(".q") : [])].sort((a, b) => a.dataset.n - b.dataset.n);
const end = form.querySelector(".trap");
questions.forEach((q) => form.insertBefore(q, end));
if (later) later.remove();
// Sent whole, in one go: what other pages kept is in the questions themselves
if (page) { page.remove(); send.textContent = form.dataset.send; }
form.querySelectorAll(".pages, form > input[type=hidden][name^='q.']").forEach((one) => one.remove());
if (!rules) return;
const parted = ["matrix", "pair", "kano", "emotion"], codeOf = (q) => q.id.slice(2);
let asked = new Set();
// What a question says, as conditions compare it
const values = (name) => {
  const [code, part] = name.split("."), rule = rules.questions[code], found = [], whole = "q." + code;
  if (!asked.has(code)) return found;
  let words = false, contact = false;
  for (const [key, raw] of new FormData(form)) {
    const value = String(raw.name ?? raw).trim();
    if (!value) continue;
    if (key === whole && !part) found.push(rule.kind === "number" ? String(Number(value.replace(",", "."))) : value);
    else if (key.startsWith(whole + ".")) {
      const row = key.slice(whole.length + 1);
      if (parted.includes(rule.kind)) { if (!part || row === part) found.push(value); }
      else if (rule.kind === "ranking") found.push(row);
      else if (["contact", "photo", "signature"].includes(rule.kind)) contact = contact || row !== "consent";
      else words = true;
    }
  }
  if (words && (rule.kind === "multiple" || rule.kind === "single" && !found.length) && !found.includes("other")) found.push("other");
  return contact ? ["yes"] : found;
};
const said = ([about, name]) => about === "question" ? values(name) : [about in rules.known ? rules.known[about] : rules[about][name]].filter(Boolean);
const number = (text) => text.trim() === "" || isNaN(text) ? null : Number(text);
const compares = (value, bound, least) => {
  const one = number(value), other = number(bound);
  if (one !== null && other !== null) return least ? one >= other : one <= other;
  return one === null && other === null && value[4] === "-" && bound[4] === "-" && (least ? value >= bound : value <= bound);
};
const meets = (condition) => {
  const [, , test, wanted] = condition, found = said(condition);
  if (test === "answered") return found.length > 0;
  if (test === "unanswered") return !found.length;
  if (test === "several") return new Set(found).size > 1;
  if (!found.length) return false;
  if (test === "is") return found.some((value) => wanted.includes(value));
  if (test === "is_not") return !found.some((value) => wanted.includes(value));
  return found.some((value) => compares(value, wanted[0] || "", test === "at_least"));
};
const holds = (when) => !when || !when[1].length || (when[0] === "all" ? when[1].every(meets) : when[1].some(meets));
const carry = (q, [source, own]) => {
  const chosen = values(source);
  q.querySelectorAll(".choices label, .place").forEach((label) => {
    const field = label.querySelector("input,select"), code = field.tagName === "SELECT" ? field.name.split(".")[2] : field.value;
    label.hidden = !(chosen.includes(code) || own.includes(code) || code === "other");
    if (label.hidden) { field.checked = false; if (field.tagName === "SELECT") field.value = ""; }
  });
};
const words = (code) => values(code).map((value) => {
  const field = [...form.querySelectorAll(`[name="q.${code}"]`)].find((one) => one.value === value && one.type === "radio" || one.value === value && one.type === "checkbox");
  return field ? field.nextElementSibling.firstChild.textContent || value : value;
}).join(", ");
const run = () => {
  let jump = null;
  asked = new Set();
  questions.forEach((q) => {
    const code = codeOf(q), rule = rules.questions[code];
    const isAsked = (jump === null || jump === code) && holds(rule.if);
    if (jump === code) jump = null;
    if (!isAsked) { q.dataset.off = ""; q.hidden = true; return; }
    asked.add(code);
    if ("off" in q.dataset) { delete q.dataset.off; if (!form.classList.contains("steps")) q.hidden = false; }
    if (rule.from) carry(q, rule.from);
    q.querySelectorAll("[data-pipe]").forEach((place) => { place.textContent = words(place.dataset.pipe) || place.dataset.else; });
    const skip = (rule.skips || []).find(([, when]) => holds(when));
    if (skip) jump = skip[0];
  });
};
form.premuraAsked = () => { run(); return [...asked]; };
form.addEventListener("input", run);
run();
})();
