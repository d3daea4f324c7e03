// Søket: knappen i toppen, «/» og «s» åpner det, og det hentes først da. Siden for oppslag har det åpent.
(() => {
  const knapp = document.querySelector('[data-topp="sok"]');
  const rot = new URL(document.querySelector('[data-topp="hjem"]').getAttribute("href"), location.href);
  const side = document.querySelector("[data-oppslag]");
  const del = (navn) => import(new URL(`assets/sok/${navn}.js`, rot).href);
  let dialog;

  async function aapne() {
    try {
      dialog ??= (await del("dialog")).lagDialog(rot);
    } catch {
      dialog = feilmelding();
    }
    dialog.aapne(knapp);
  }

  // Det som vises når søket ikke kan hentes.
  function feilmelding() {
    const boks = document.createElement("dialog");
    boks.className = "sok-dialog";
    boks.setAttribute("aria-label", "Søk");
    const tekst = document.createElement("p");
    tekst.textContent = "Søket kan ikke hentes. Det virker bare når sidene ligger på en tjener, ikke når de er åpnet som filer.";
    const lukk = document.createElement("button");
    lukk.textContent = "Lukk";
    lukk.className = "sok-lukk";
    lukk.addEventListener("click", () => boks.close());
    boks.addEventListener("close", () => {
      boks.remove();
      dialog = undefined;
      knapp.focus();
    });
    const inni = document.createElement("div");
    inni.className = "sok-inni md-typeset";
    inni.append(tekst, lukk);
    boks.append(inni);
    document.body.append(boks);
    return { aapne: () => boks.showModal() };
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

  if (side) del("side").then((lest) => lest.visSide(rot, side));
})();
