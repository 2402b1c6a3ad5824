// A form that is sent once: a second tap on a slow line must not look like a second answer (its key would stop it anyway)
for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", () => {
    for (const button of form.querySelectorAll("button[type=submit]")) setTimeout(() => { button.disabled = true; });
  });
}
// Coming back with the browser's button finds a form that works
addEventListener("pageshow", (event) => {
  if (event.persisted) for (const button of document.querySelectorAll("form[data-once] button[disabled]")) button.disabled = false;
});
// Keying in by digits: on a scale the digit is the mark, among words it counts them; then the next question is in hand.
// «1» waits a moment for the «0» of a ten.
const TEN = 350;
for (const form of document.querySelectorAll("form.keyed")) {
  const questions = [...form.querySelectorAll(".keyed-question")];
  const focusable = (question) => question.querySelector("input:checked, input, textarea, select");
  const goOn = (from) => (questions.slice(questions.indexOf(from) + 1).map(focusable).find(Boolean) || form.querySelector("button[type=submit]")).focus();
  const groupOf = (input) => [...form.querySelectorAll(`input[name="${CSS.escape(input.name)}"]`)];
  const choose = (input, question) => { input.checked = input.type === "checkbox" ? !input.checked : true; input.focus(); if (input.type === "checkbox") return; const rows = [...question.querySelectorAll(".keys")]; const next = rows[rows.indexOf(input.closest(".keys")) + 1]; if (next) next.querySelector("input").focus(); else goOn(question); };
  let waiting = 0;
  form.addEventListener("keydown", (event) => {
    const input = event.target, question = input.closest(".keyed-question");
    if (!question || event.ctrlKey || event.metaKey || event.altKey) return;
    const isPile = "pile" in form.dataset && !event.shiftKey;  // On a phone's keyboard Enter stays a new line
    if (event.key === "Enter" && !event.isComposing && input.matches(`input[type=text], input:not([type])${isPile ? ", textarea" : ""}`)) { event.preventDefault(); goOn(question); return; }
    if (!input.matches("input[type=radio], input[type=checkbox]") || !/^\d$/.test(event.key)) return;
    event.preventDefault();
    const group = groupOf(input), isScale = group.every((one) => /^-?\d+$/.test(one.value));
    const found = (value) => isScale ? group.find((one) => one.value === value) : group[Number(value) - 1];
    if (waiting && event.key === "0" && found("10")) { clearTimeout(waiting); waiting = 0; choose(found("10"), question); return; }
    const chosen = found(event.key);
    form.querySelector(".keyed-none")?.remove();
    if (!chosen) {  // Said, or whoever keys in blindly goes on and answers the wrong question
      question.insertAdjacentHTML("beforeend", '<p class="field-error keyed-none" role="alert"></p>');
      question.lastElementChild.textContent = form.dataset.none.replace("0", event.key);
      return;
    }
    if (event.key === "1" && found("10")) { chosen.checked = true; waiting = setTimeout(() => { waiting = 0; choose(chosen, question); }, TEN); return; }
    choose(chosen, question);
  });
  // What is said or stands on paper is keyed in without a hand on the mouse
  if (!form.querySelector("[data-focus]")) questions.map(focusable).find(Boolean)?.focus();
}
