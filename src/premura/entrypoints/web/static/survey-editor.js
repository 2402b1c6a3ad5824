// The editor saves by itself. Without this file every button is a plain submit and nothing is missing but the comfort.
const form = document.querySelector("[data-editor]");
const body = document.getElementById("editor-body");
const status = document.getElementById("editor-status");
const conflict = document.getElementById("conflict");
const said = document.getElementById("editor-said");
const preview = document.getElementById("editor-preview");

let changed = false; // something was typed that no request has carried yet
let timer = 0;
let line = Promise.resolve(); // one request at a time: each needs the revision that the one before brought
let stopped = conflict.childElementCount > 0; // two people at once: only a press decides
const { formSays, changesBetween, writeInto } = globalThis.surveyMerge;
let base = formSays(form); // what the server has, as far as this page knows

let quiet = 0;

// What is good news goes away again: it lies over the fields
const say = (words, isBad = false) => {
  said.textContent = words;
  said.classList.toggle("is-bad", isBad);
  clearTimeout(quiet);
  if (!isBad) quiet = setTimeout(() => { said.textContent = ""; }, 5000);
};

const later = (delay) => {
  clearTimeout(timer);
  timer = setTimeout(() => save("save"), delay);
};

// Returns what the server said, or null when nothing was saved
const send = async (what, keepalive = false) => {
  // As one line of names and values: a thousand fields are read several times faster than in parts
  const sent = formSays(form);
  const data = new URLSearchParams(new FormData(form));
  data.set("do", what);
  changed = false;
  let response;
  try {
    response = await fetch(form.action || location.href, { method: "POST", body: data, headers: { "X-Requested-With": "fetch" }, keepalive });
  } catch {
    changed = true;
    say(form.dataset.waiting, true);
    later(5000);
    return null;
  }
  if (response.redirected) {
    changed = true;
    say(form.dataset.signedOut, true);
    later(15000);
    return null;
  }
  if (response.status === 409) {
    changed = true;
    say("");
    meet(await response.json(), what);
    return null;
  }
  if (!response.ok) {
    changed = true;
    say(form.dataset.refused, true);
    return null;
  }
  base = sent;
  return response.json();
};

// Somebody else saved meanwhile. What they wrote elsewhere comes in, what was written here stays; where both wrote, a
// press decides, with their words in sight
const meet = (answer, what) => {
  const mine = formSays(form);
  const copy = document.createElement("form");
  copy.innerHTML = answer.body;
  const theirs = formSays(copy);
  const found = changesBetween(base, mine, theirs);
  stopped = !found || found.both.length > 0;
  conflict.innerHTML = stopped ? answer.conflict : answer.merged;
  if (found) {
    const place = placeOf(document.activeElement, mine);
    body.innerHTML = answer.body;
    const here = formSays(form);
    base = theirs;
    for (const key of found.changed) writeInto(here.fields.get(key), mine.values.get(key) ?? []);
    focusOn(place, here);
    form.elements.revision.value = answer.revision;
    tellBoth(found.both, theirs, here);
    if (!stopped) save(pressedThere(what, mine, here) || "save");
  }
  if (stopped) conflict.querySelector("[data-focus]").focus();
};

// The same press on the same question, wherever it stands now; none when it is gone
const pressedThere = (what, mine, here) => {
  const [, verb, place, rest] = what.match(/^(\w+):(\d+)(.*)$/) ?? [];
  if (!verb || verb === "use" || verb === "unending") return what;
  const now = here.order.indexOf(mine.order[place]);
  return now < 0 ? "" : `${verb}:${now}${rest}`;
};

const placeOf = (field, says) => {
  const [key] = [...says.fields].find(([, fields]) => fields.includes(field)) ?? [];
  return { key, start: field?.selectionStart, end: field?.selectionEnd };
};

const focusOn = ({ key, start, end }, says) => {
  const field = says.fields.get(key)?.[0];
  field?.focus({ preventScroll: true });
  if (field && typeof start === "number") field.setSelectionRange?.(start, end);
};

// Their words where both wrote, so that none is lost whatever is decided
const tellBoth = (keys, theirs, here) => {
  const told = conflict.querySelector("[data-both]");
  if (!told) return;
  told.hidden = keys.length === 0;
  told.querySelector("ul").replaceChildren(...keys.map((key) => {
    const [field] = here.fields.get(key);
    const card = field.closest("[data-card], fieldset")?.querySelector("h3, legend")?.textContent.trim() ?? "";
    const item = document.createElement("li");
    item.textContent = `${card}: «${(theirs.values.get(key) ?? []).join(", ")}»`;
    return item;
  }));
};

const save = (what) => {
  clearTimeout(timer);
  line = line.then(async () => {
    if (stopped || (what === "save" && !changed)) return;
    say(form.dataset.saving);
    const isReshaping = what !== "save";
    const held = heldNow();
    // Cards are about to be replaced: what is typed meanwhile would be lost
    form.inert = isReshaping;
    const answer = await send(what);
    form.inert = false;
    if (!answer) return;
    form.elements.revision.value = answer.revision;
    status.innerHTML = answer.status;
    const place = answer.body === undefined ? "" : reshape(answer.body, answer.card, what, held);
    if (changed) later(800); else say(place || form.dataset.saved);
    refreshPreview();
  });
  return line;
};

// Where the keyboard was, to be found again when the part of the page that it was in has been replaced
const heldNow = () => {
  const at = document.activeElement;
  if (!body.contains(at)) return "";
  if (at.id) return `#${CSS.escape(at.id)}`;
  const chosen = ["checkbox", "radio", "submit"].includes(at.type) ? `[value="${CSS.escape(at.value)}"]` : "";
  return at.name ? `[name="${CSS.escape(at.name)}"]${chosen}` : "";
};

// Where the keyboard goes on, for what has no card of its own: the new condition, the new ending, or where one was
const goalOf = (what, card, held) => {
  const [verb, place] = what.split(":");
  const button = (value) => body.querySelector(`button[value="${value}"]`);
  const last = (within) => [...within.querySelectorAll(":scope .leap")].at(-1)?.querySelector("select");
  return {
    skip: () => card && last(card),
    ending: () => last(document.getElementById("survey-words")),
    when: () => [...(button(what)?.parentElement.querySelectorAll(":scope > .condition") ?? [])].at(-1)?.querySelector("select"),
    delete: () => body.querySelector(".deleted button"),
    unskip: () => button(`skip:${place.split(".")[0]}`),
    unending: () => button("ending:"),
    unwhen: () => button(`when:${place.slice(0, place.lastIndexOf("."))}`),
  }[verb]?.() ?? (held && body.querySelector(held));
};

// Returns what to say of it: where a question stands that was moved
const reshape = (html, number, what, held) => {
  body.innerHTML = html;
  base = formSays(form);
  const card = number === null ? null : document.getElementById(`card-${number}`);
  const verb = what.split(":")[0];
  if (!card || ["skip", "when", "unskip", "unwhen", "delete"].includes(verb)) {
    goalOf(what, card, held)?.focus();
    return "";
  }
  card.classList.add("is-new");
  card.scrollIntoView({ block: "nearest" });
  const goal = {
    // What was added waits for its words
    add: () => card.querySelector("[data-needed]:placeholder-shown"),
    option: () => card.querySelector(".options li:last-child [data-needed]"),
    lines: () => card.querySelector(".option-tools button"),
    row: () => card.querySelector(".options li:last-child [data-needed]"),
    // The same button again, one place further; at the end its opposite
    up: () => card.querySelector("button[value^='up:']:enabled, button[value^='down:']:enabled"),
    down: () => card.querySelector("button[value^='down:']:enabled") ?? card.querySelector("button[value^='up:']"),
  }[verb]?.();
  (goal ?? card).focus({ preventScroll: verb !== "option" && verb !== "row" });
  if (verb !== "up" && verb !== "down") return "";
  const all = body.querySelectorAll("[data-card]").length;
  return form.dataset.moved.replace("{number}", Number(number) + 1).replace("{all}", all);
};

// Beside the form stands what customers will see, in the language and on the screen that were chosen
const screen = document.getElementById("preview-screen");
const tongues = document.getElementById("preview-languages");
const widths = document.getElementById("preview-widths");

const refreshPreview = () => {
  offerLanguages();
  // One that was never seen has no page yet, and loads by itself
  if (!preview.offsetParent || preview.contentWindow.location.protocol === "about:") return;
  const top = preview.contentWindow.scrollY;
  preview.addEventListener("load", () => {
    preview.contentWindow.scrollTo(0, top);
    showQuestion(codeOf(document.activeElement));
  }, { once: true });
  preview.contentWindow.location.reload();
};

const codeOf = (place) => place?.closest("[data-card]")?.querySelector("input[name$='.code']")?.value;

// Whoever writes a question sees it there
const showQuestion = (code) => {
  const question = code && preview.offsetParent && preview.contentDocument?.getElementById(`q-${code}`);
  if (question) preview.contentWindow.scrollTo({ top: question.getBoundingClientRect().top + preview.contentWindow.scrollY - 40 });
};

const press = (button) => {
  for (const one of button.parentElement.children) one.setAttribute("aria-pressed", one === button);
};

// Those that are ticked in the form; the one that is shown stays pressed
const offerLanguages = () => {
  const shown = preview.contentDocument?.documentElement?.lang;
  const boxes = [...form.querySelectorAll("[name=languages]:checked")];
  const known = [...tongues.children].map((button) => button.value).join();
  tongues.hidden = boxes.length < 2;
  if (known === boxes.map((box) => box.value).join()) return;
  tongues.replaceChildren(...boxes.map((box) => {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "btn btn-sm", value: box.value, lang: box.value, textContent: box.closest("label").textContent.trim() });
    button.setAttribute("aria-pressed", box.value === shown);
    return button;
  }));
};

tongues.addEventListener("click", ({ target }) => {
  if (!target.value) return;
  press(target);
  const address = new URL(preview.contentWindow.location.href);
  address.searchParams.set("lang", target.value);
  preview.contentWindow.location.replace(address);
});

const fit = () => screen.style.setProperty("--fit", screen.clientWidth / preview.offsetWidth);

widths.addEventListener("click", ({ target }) => {
  const button = target.closest("button");
  if (!button) return;
  press(button);
  screen.className = button.value === "wide" ? "wide-frame" : "phone";
  fit();
});
addEventListener("resize", fit);

body.addEventListener("focusin", (event) => showQuestion(codeOf(event.target)));
preview.addEventListener("load", () => {
  offerLanguages();
  for (const button of tongues.children) button.setAttribute("aria-pressed", button.value === preview.contentDocument?.documentElement?.lang);
});
offerLanguages();

// Where both do not fit beside one another, one takes the place of the other: at the question that was on the screen
const editor = document.querySelector(".editor");
let height = 0; // where the questions were left
document.getElementById("editor-switch").addEventListener("click", async ({ target }) => {
  const button = target.closest("button");
  if (!button || button.getAttribute("aria-pressed") === "true") return;
  if (button.value === "questions") {
    press(button);
    editor.classList.remove("is-previewing");
    scrollTo(0, height);
    return;
  }
  height = scrollY;
  const cards = [...body.querySelectorAll("[data-card]")];
  const code = height > 0 ? codeOf(cards.find((one) => one.getBoundingClientRect().bottom > innerHeight / 3)) : "";
  await save(hasLines() ? "refresh" : "save");
  if (stopped) return; // there is something to decide among the questions
  press(button);
  editor.classList.add("is-previewing");
  scrollTo(0, 0);
  fit();
  preview.addEventListener("load", () => showQuestion(code), { once: true });
  refreshPreview();
});

form.addEventListener("input", (event) => {
  if (event.target.matches("[data-filter]")) { sift(event.target); return; }
  changed = true;
  later(800);
});

// Of the questions in the library only those with all the words
const sift = (field) => {
  const words = field.value.toLowerCase().split(/\s+/);
  for (const button of field.closest("details").querySelectorAll(".add-kind")) {
    button.hidden = !words.every((word) => button.textContent.toLowerCase().includes(word));
  }
};

form.addEventListener("change", (event) => {
  if (event.target.matches("[data-filter]")) return;
  changed = true;
  if (event.target.matches("[data-reshape]")) save("refresh"); else later(100);
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const button = event.submitter;
  if (button?.dataset.overwrite) {
    form.elements.revision.value = button.dataset.overwrite;
    conflict.replaceChildren();
    stopped = false;
    changed = true;
  }
  save(button?.value || "save");
});

// Enter in a line of text is no press of a button
form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("input:not([type=checkbox])")) event.preventDefault();
});

// Drag by the grip; buttons do the same for a keyboard
let dragged = null;
let pointer = 0; // how far down it is, to know whether it goes up or down
body.addEventListener("dragstart", (event) => {
  if (!event.target.closest("[data-grip]")) return;
  dragged = event.target.closest("[data-card]");
  pointer = event.pageY;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setDragImage(dragged, 20, 20);
  dragged.classList.add("is-dragged");
});
body.addEventListener("dragover", (event) => {
  const over = event.target.closest("[data-card]");
  if (!dragged || !over) return;
  event.preventDefault();
  const isUpwards = event.pageY < pointer;
  const isBefore = Boolean(over.compareDocumentPosition(dragged) & Node.DOCUMENT_POSITION_FOLLOWING);
  // Only in the direction of the hand: cards differ in height, and would jump to and fro under it
  if (over !== dragged && event.pageY !== pointer && isUpwards === isBefore) {
    over.parentElement.insertBefore(dragged, isBefore ? over : over.nextSibling);
  }
  pointer = event.pageY;
});
body.addEventListener("dragend", () => {
  if (!dragged) return;
  dragged.classList.remove("is-dragged");
  dragged = null;
  changed = true;
  save("refresh");
});

const hasLines = () => [...form.querySelectorAll("textarea[name$='.lines']")].some((field) => field.value.trim());

// A press of a link: save first, then follow it. What leaves with the page itself may not be longer than 64 kB
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  const isPlain = link && !link.target && !event.defaultPrevented && !(event.ctrlKey || event.metaKey || event.shiftKey || event.button);
  if (!isPlain || !changed || stopped || link.getAttribute("href").startsWith("#")) return;
  event.preventDefault();
  save(hasLines() ? "refresh" : "save").then(() => { if (!changed) location.assign(link.href); });
});

// Leaving in the middle of a word: carry it along
addEventListener("pagehide", () => { if (changed && !stopped) send("save", true); });
