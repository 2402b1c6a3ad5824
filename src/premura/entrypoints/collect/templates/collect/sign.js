// A signature may be drawn with a finger or a pen; the typed name beside it is enough for everybody else.
document.querySelectorAll(".q.signature").forEach((q) => {
const say = document.forms[0].dataset, name = q.querySelector("input"), drawn = document.createElement("input"), canvas = document.createElement("canvas"), clear = document.createElement("button");
drawn.type = "hidden"; drawn.name = name.name.replace(/name$/, "data");
canvas.width = 900; canvas.height = 300; canvas.setAttribute("role", "img"); canvas.setAttribute("aria-label", say.draw);
clear.type = "button"; clear.className = "clear"; clear.textContent = say.clear; clear.hidden = true;
const pen = canvas.getContext("2d"), caption = document.createElement("p");
caption.className = "help"; caption.textContent = say.draw;
let is = false;
const place = (event) => { const box = canvas.getBoundingClientRect(); return [(event.clientX - box.left) * canvas.width / box.width, (event.clientY - box.top) * canvas.height / box.height]; };
const wipe = () => { pen.fillStyle = "#fff"; pen.fillRect(0, 0, canvas.width, canvas.height); drawn.value = ""; clear.hidden = true; };
canvas.onpointerdown = (event) => { is = true; canvas.setPointerCapture(event.pointerId); pen.strokeStyle = "#14213d"; pen.lineWidth = 5; pen.lineCap = pen.lineJoin = "round"; pen.beginPath(); pen.moveTo(...place(event)); pen.lineTo(...place(event)); pen.stroke(); };
canvas.onpointermove = (event) => { if (is) { pen.lineTo(...place(event)); pen.stroke(); } };
canvas.onpointerup = canvas.onpointercancel = () => { if (!is) return; is = false; drawn.value = canvas.toDataURL("image/png"); clear.hidden = false; drawn.dispatchEvent(new Event("input", { bubbles: true })); };
clear.onclick = wipe;
// On a tablet the next customer begins with nothing
document.forms[0].addEventListener("reset", wipe);
wipe();
q.append(caption, canvas, clear, drawn);
});
