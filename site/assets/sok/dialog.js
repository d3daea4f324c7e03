// Søket som dialog over siden.
import { lagPanel } from "./panel.js";
import { lag } from "./vis.js";

export function lagDialog(rot) {
  const somSide = lag("a", { class: "sok-somside" }, ["Åpne som side, med en adresse som kan deles"]);
  const pekPaaSiden = (tekst) => {
    const adresse = new URL("oppslag/", rot);
    if (tekst) adresse.searchParams.set("kode", tekst);
    somSide.href = adresse.href;
  };
  pekPaaSiden("");
  const panel = lagPanel(rot, { id: "sok", ved: pekPaaSiden });
  const lukk = lag("button", { type: "button", class: "sok-lukk", "aria-label": "Lukk søket" }, ["Lukk"]);
  const topp = lag("div", { class: "sok-topp" }, [lag("h1", { id: "sok-tittel" }, ["Søk i regelverket"]), lukk]);
  const inni = lag("div", { class: "sok-inni md-typeset" }, [topp, panel.element, lag("p", { class: "sok-bunn" }, [somSide])]);
  const dialog = lag("dialog", { class: "sok-dialog", "aria-labelledby": "sok-tittel" }, [inni]);
  document.body.append(dialog);

  let aapnetAv;
  lukk.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (hendelse) => {
    if (hendelse.target === dialog || hendelse.target.closest?.("a[href]")) dialog.close();
  });
  // I et søkefelt tømmer Escape feltet i noen nettlesere; her lukker den alltid.
  dialog.addEventListener("keydown", (hendelse) => {
    if (hendelse.key !== "Escape") return;
    hendelse.preventDefault();
    dialog.close();
  });
  dialog.addEventListener("close", () => aapnetAv?.focus());
  return {
    aapne(knapp) {
      aapnetAv = knapp;
      dialog.showModal();
      panel.felt.focus();
      panel.felt.select();
    },
  };
}
