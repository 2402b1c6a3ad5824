// A tablet left to customers: thanks for a few seconds, then the next one begins. What cannot be sent waits here, in order,
// and goes out later; its key makes twice harmless.
(() => {
const form = document.forms[0], say = form.dataset, { $, local, session, shelf, isTaken, isRefused, refused, waiting, asked, questions, after, body, keep, mark, post, read, refuse, show, tell, work, renew, isBusy } = form.premura;
const name = "premura:kiosk:" + form.getAttribute("action"), done = document.querySelector(".done"), left = document.querySelector(".left"), waits = document.querySelector(".waits");
const THANKS = 8000, IDLE = 60000, LEAVE = 15000, RETRY = 20000;
const home = read(session, name) || (keep(session, name, location.href), location.href);
let timer = 0, touched = false, sending = false;
const queue = () => { try { return JSON.parse(read(local, name)) || []; } catch { return []; } };
const store = (list) => {
  const kept = keep(local, name, list.length ? JSON.stringify(list) : null);
  waits.textContent = [list.length && say.queued.replace("%(count)s", list.length), waiting().length && refused()].filter(Boolean).join(" ");
  waits.hidden = !waits.textContent;
  return kept;
};
const again = () => {
  clearTimeout(timer);
  // The next customer begins in the language of the house
  if (location.href !== home && navigator.onLine) { location.href = home; return; }
  touched = false;
  form.reset();
  renew();
  questions.forEach((q) => mark(q));
  tell("");
  form.dispatchEvent(new Event("input"));
  done.hidden = true;
  form.hidden = false;
  if (questions.length > 1) show(after(-1));
  scrollTo(0, 0);
};
const thank = (text = "") => { left.textContent = text; form.hidden = true; done.hidden = false; done.focus(); clearTimeout(timer); timer = setTimeout(again, THANKS); };
form.premuraSend = async () => {
  if (isBusy()) return;
  const data = body(true);
  work(true);
  let answer = null;
  try { answer = await post(data); } catch { /* no connection: below */ }
  work(false);
  if (answer && isRefused(answer)) return refuse(answer);
  if (answer && await isTaken(answer).catch(() => false)) return thank();
  // A file cannot wait here: everything else does, and that is said; where the file must be there nothing can be sent
  const hasFile = typeof data !== "string";
  if (hasFile && questions.some((q) => asked(q) && $(".must", q) && $("input[type=file]", q))) return tell(say.mustwait);
  if (!store([...queue(), body()])) return tell(say.full);
  thank(hasFile ? say.nofile : "");
};
const flush = async () => {
  if (sending) return;
  sending = true;
  try {
    for (let list = queue(); list.length; list = queue()) {
      const answer = await post(list[0]);
      // What is refused is set aside: opened on this device, the survey's own page brings it back to be mended
      if (isRefused(answer) ? !keep(local, shelf + ":" + new URLSearchParams(list[0]).get("key"), list[0]) : !await isTaken(answer)) break;
      store(queue().slice(1));
    }
  } catch { /* still no connection */ }
  sending = false;
  store(queue());
};
// Whoever walks away leaves nothing behind for the next one to read
const idle = () => { if (!form.hidden && touched) { tell(say.still, true); timer = setTimeout(again, LEAVE); } };
const awake = () => { if (form.hidden) return; touched = true; clearTimeout(timer); timer = setTimeout(idle, IDLE); };
["pointerdown", "keydown", "input"].forEach((event) => form.addEventListener(event, (given) => { if (given.isTrusted) awake(); }));
document.querySelector(".done .again").onclick = again;
document.querySelectorAll(".language").forEach((link) => link.addEventListener("click", (event) => { if (!navigator.onLine) event.preventDefault(); }));
addEventListener("online", flush);
setInterval(flush, RETRY);
store(queue());
flush();
})();
