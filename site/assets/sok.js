// Søket: knappen i toppen, «/» og «s» åpner det, og det hentes først da. Siden for oppslag har det åpent.
const knapp = document.querySelector('[data-topp="sok"]');
const rot = new URL(document.querySelector('[data-topp="hjem"]').getAttribute("href"), location.href);
const side = document.querySelector("[data-oppslag]");
let dialog;

async function aapne() {
  const { lagDialog } = await import("./sok/dialog.js");
  dialog ??= lagDialog(rot);
  dialog.aapne(knapp);
}

const skriver = (sted) => sted.closest?.("input, select, textarea, [contenteditable]") != null;

knapp.addEventListener("click", aapne);
document.addEventListener("keydown", (hendelse) => {
  if (hendelse.ctrlKey || hendelse.metaKey || hendelse.altKey || skriver(hendelse.target)) return;
  if (hendelse.key !== "/" && hendelse.key !== "s") return;
  if (document.querySelector("dialog[open]")) return;
  hendelse.preventDefault();
  aapne();
});

if (side) {
  const { visSide } = await import("./sok/side.js");
  visSide(rot, side);
}
