/** Siden «Prøv»: skjemaet, svaret som følger med mens det fylles ut, og saken i adressen. */

import { lag, nyId, stor } from "./dom.js";
import * as kjoring from "./kjoring.js";
import { visning } from "./resultat.js";
import { skjema } from "./skjema.js";

const VENT = 150;

/** Det som ligger ved siden av siden: opplysningene om skjemaet, og reglene. */
async function hent(rot) {
  const adresse = (navn) => new URL(rot.dataset[navn], document.baseURI);
  const [svar, { default: regelverk }] = await Promise.all([fetch(adresse("skjema")), import(adresse("regler"))]);
  if (!svar.ok) throw new Error(`skjemaet svarte ${svar.status}`);
  return { ...(await svar.json()), regler: regelverk(kjoring).REGLER };
}

// ---- saken i adressen

/** Saken som siste del av en adresse: slaget, og så feltene; lister står som JSON. */
function somFragment(slag, gitt) {
  const felt = new URLSearchParams();
  for (const [navn, verdi] of Object.entries(gitt)) felt.set(navn, typeof verdi === "string" ? verdi : JSON.stringify(verdi));
  return `#${encodeURIComponent(slag)}?${felt}`;
}

/** Saken i en adresse; null når det ikke er noen. */
function fraFragment(fragment) {
  const [slag, felt] = fragment.replace(/^#/, "").split(/\?(.*)/s);
  if (felt === undefined) return null;
  return { slag: tydet(slag), gitt: Object.fromEntries(new URLSearchParams(felt)) };
}

function tydet(tekst) {
  try {
    return decodeURIComponent(tekst);
  } catch {
    return tekst;
  }
}

const TRENGS = { tekst: "Trengs for å avgjøre svaret.", erFeil: false };

/** Det svaret har å si om felt i skjemaet: det som ikke kan leses, og det som trengs for å avgjøre det. */
function meldinger(slag, { status, grunner, lister }) {
  if (status === "feil i data" || status === "ikke i utdraget") {
    return new Map(grunner.flatMap(({ tekst, felt }) => felt.map((navn) => [navn, { tekst: `${stor(tekst)}.`, erFeil: true }])));
  }
  const trengs = grunner.flatMap((grunn) => grunn.felt);
  for (const [id, linjer] of lister) {
    const { navn } = slag.felter.find((felt) => felt.id === id);
    linjer.forEach((linje, plass) => {
      for (const felt of linje.grunner.flatMap((grunn) => grunn.felt)) trengs.push(`${navn} ${plass + 1}: ${felt}`);
    });
  }
  return new Map(trengs.map((sti) => [sti, TRENGS]));
}

// ---- siden

export async function start(rot) {
  rot.replaceChildren(lag("p", {}, "Henter reglene …"));
  try {
    const aaret = await hent(rot);
    rot.replaceChildren(...side(aaret));
  } catch (feil) {
    rot.replaceChildren(lag("p", { class: "prov-feil" }, `Reglene kunne ikke hentes: ${feil.message}`));
    throw feil;
  }
}

function side(aaret) {
  const vises = visning(aaret);
  const felter = lag("div", { class: "prov-felter" });
  const kort = lag("p", { role: "status", class: "prov-kort" });
  const svar = lag("div", { class: "prov-svar" });
  const forklaring = lag("section", { class: "prov-forklaring", "aria-label": "Forklaringen" });
  const [slagId, eksempelId] = [nyId(), nyId()];
  const slagvalg = lag("select", { id: slagId, onchange: () => bytt(slagvalg.value, {}) }, aaret.slag.map(({ id, navn, samling }) => lag("option", { value: id }, samling ? `${navn} (samling)` : navn)));
  const eksempelvalg = lag("select", { id: eksempelId, onchange: velgEksempel });
  const kopiert = lag("span", { role: "status", class: "prov-hjelp" });
  let [slag, skjemaet, venter] = [aaret.slag[0], null, 0];

  /** Bytt til et slag opplysninger, fylt ut med det som er gitt. */
  function bytt(id, gitt) {
    slag = aaret.slag.find((en) => en.id === id) ?? aaret.slag[0];
    slagvalg.value = slag.id;
    skjemaet = skjema(slag.felter, { koder: aaret.koder, endret });
    skjemaet.fyll(gitt);
    felter.replaceChildren(...skjemaet.elementer);
    visEksempler();
    regnUt();
  }

  function visEksempler() {
    const egne = aaret.eksempler.map((eksempel, plass) => [eksempel, plass]).filter(([eksempel]) => eksempel.slag === slag.id);
    eksempelvalg.replaceChildren(
      lag("option", { value: "" }, egne.length ? "velg et eksempel" : "ingen eksempler av dette slaget"),
      ...egne.map(([{ navn }, plass]) => lag("option", { value: String(plass) }, navn)),
    );
    eksempelvalg.disabled = !egne.length;
  }

  function velgEksempel() {
    const valgt = eksempelvalg.value;
    if (valgt === "") return;
    const eksempel = aaret.eksempler[Number(valgt)];
    bytt(eksempel.slag, eksempel.gitt);
    eksempelvalg.value = valgt;
  }

  /** Noe er endret: regn ut når det har vært stille litt. */
  function endret() {
    eksempelvalg.value = "";
    clearTimeout(venter);
    venter = setTimeout(regnUt, VENT);
  }

  function regnUt() {
    clearTimeout(venter);
    const gitt = skjemaet.verdi();
    kopiert.textContent = "";
    if (!Object.keys(gitt).length) {
      svar.replaceChildren(lag("p", {}, "Fyll ut skjemaet, eller velg et eksempel, så kommer svaret her."));
      forklaring.replaceChildren();
      kort.textContent = "";
      skjemaet.merk(new Map());
      if (fraFragment(location.hash)) history.replaceState(null, "", location.pathname + location.search);
      return;
    }
    const funnet = kjoring.svarMedLedd(aaret.regler.get(slag.id), gitt);
    skjemaet.merk(meldinger(slag, funnet.svar));
    kort.textContent = vises.kort(funnet.svar);
    svar.replaceChildren(...vises.vis(funnet.svar, gitt));
    forklaring.replaceChildren(...vises.forklaring(funnet.deler));
    history.replaceState(null, "", somFragment(slag.id, gitt));
  }

  async function kopier() {
    try {
      await navigator.clipboard.writeText(location.href);
      kopiert.textContent = "Adressen er kopiert.";
    } catch {
      kopiert.textContent = "Kopier adressen fra adressefeltet.";
    }
  }

  /** Vis saken i adressen; en lenke til et sted på siden er ingen sak. */
  function fraAdressen() {
    const saken = fraFragment(location.hash);
    if (saken) bytt(saken.slag, saken.gitt);
  }

  window.addEventListener("hashchange", fraAdressen);
  const foerst = fraFragment(location.hash);
  bytt(foerst?.slag ?? slag.id, foerst?.gitt ?? {});
  return [
    lag(
      "form",
      { class: "prov-skjema", "aria-label": "Saken", onsubmit: (hendelse) => hendelse.preventDefault() },
      lag("div", { class: "prov-valg" },
        aaret.slag.length > 1 ? lag("div", { class: "prov-felt" }, lag("label", { for: slagId }, "Hva vil du prøve?"), slagvalg) : "",
        lag("div", { class: "prov-felt" }, lag("label", { for: eksempelId }, "Fyll ut fra et eksempel"), eksempelvalg)),
      felter,
      lag("div", { class: "prov-knapper" },
        lag("button", { type: "button", class: "prov-knapp", onclick: () => bytt(slag.id, {}) }, "Tøm skjemaet"),
        lag("button", { type: "button", class: "prov-knapp", onclick: kopier }, "Kopier adressen til saken"),
        kopiert),
    ),
    lag("section", { class: "prov-resultat", "aria-label": "Svaret", tabindex: "0" }, lag("h2", {}, "Svaret"), kort, svar),
    forklaring,
  ];
}
