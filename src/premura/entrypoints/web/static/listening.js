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
