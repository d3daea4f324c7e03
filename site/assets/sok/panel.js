// Feltet, valgene og treffene i et søk. Dialogen og siden for oppslag viser det samme.
import { fil } from "./data.js";
import { finn, utdyp } from "./fulltekst.js";
import { slaaOpp } from "./koder.js";
import { lag, visKode, visTreff } from "./vis.js";

const OM_GANGEN = 8;
const VENT = 180;

// Et panel med `element`, `felt`, `sok(tekst)` og `valg()`. `ved(tekst)` kalles for hvert søk som er vist.
export function lagPanel(rot, { id, ved = () => {} }) {
  const felt = lag("input", { type: "search", id: `${id}-felt`, name: "kode", autocomplete: "off", spellcheck: "false" });
  const ordning = lag("select", { id: `${id}-ordning` });
  const aar = lag("select", { id: `${id}-aar` });
  const melding = lag("p", { class: "sok-melding", role: "status", "aria-live": "polite" });
  const treff = lag("div", { class: "sok-treff" });
  const skjema = lag("form", { class: "sok-skjema", role: "search", "aria-label": "Søk i regelverket" }, [
    lag("div", { class: "sok-rad" }, [lag("label", { for: felt.id }, ["Kode eller ord"]), felt]),
    lag("div", { class: "sok-rad" }, [lag("label", { for: ordning.id }, ["Regelverk"]), ordning]),
    lag("div", { class: "sok-rad" }, [lag("label", { for: aar.id }, ["Regelår"]), aar]),
  ]);
  const element = lag("div", { class: "sok-panel" }, [skjema, melding, treff]);
  let nummer = 0;
  let klokke;

  const klar = fil(rot, "indeks.json").then((indeks) => {
    fyll(ordning, "Alle regelverk", Object.entries(indeks.ordninger));
    const her = indeks.aar.find((ett) => location.href.startsWith(new URL(ett.adresse, rot).href));
    ordning.value = her?.ordning ?? "";
    fyllAar(indeks);
    aar.value = her?.vist ?? "";
    return indeks;
  });

  function fyllAar(indeks) {
    const valgt = aar.value;
    const vist = indeks.aar.filter((ett) => !ordning.value || ett.ordning === ordning.value).map((ett) => ett.vist);
    const ulike = [...new Set(vist)].sort().reverse();
    fyll(aar, "Alle regelår", ulike.map((ett) => [ett, ett]));
    aar.value = ulike.includes(valgt) ? valgt : "";
  }

  const slipper = (indeks) => (nummeret) => {
    if (!ordning.value && !aar.value) return true;
    const ett = indeks.aar[nummeret];
    return Boolean(ett) && (!ordning.value || ett.ordning === ordning.value) && (!aar.value || ett.vist === aar.value);
  };

  async function sok() {
    clearTimeout(klokke);
    const tekst = felt.value.trim();
    const dette = (nummer += 1);
    if (!tekst) {
      treff.replaceChildren();
      melding.textContent = "";
      ved(tekst);
      return;
    }
    try {
      const indeks = await klar;
      const slipp = slipper(indeks);
      const koder = await slaaOpp(rot, tekst);
      const like = koder.filter((kode) => kode.hvordan === "lik");
      const sider = await finn(rot, tekst, like, slipp);
      if (dette !== nummer) return;
      vis(indeks, koder, sider, slipp);
      ved(tekst);
    } catch (feil) {
      if (dette !== nummer) return;
      treff.replaceChildren();
      melding.textContent = location.protocol === "file:"
        ? "Søket virker ikke når sidene er åpnet som filer. Legg dem på en tjener."
        : "Søket fikk ikke lest filene sine. Prøv igjen om litt.";
      console.warn(feil);
    }
  }

  function vis(indeks, koder, sider, slipp) {
    const deler = [];
    if (koder.length) {
      const titler = { lik: "Koden", strekk: "Koden", begynner: "Koder som begynner slik", navn: "Koder med dette i navnet" };
      deler.push(lag("h2", {}, [titler[koder[0].hvordan]]));
      deler.push(...koder.map((kode) => visKode(rot, indeks, kode, slipp)));
    }
    const liste = lag("ol", { class: "sok-sider" });
    const flere = lag("button", { type: "button", class: "sok-flere" }, ["Vis flere sider"]);
    let vist = 0;
    const visFlere = async () => {
      const neste = sider.slice(vist, vist + OM_GANGEN);
      vist += neste.length;
      flere.hidden = vist >= sider.length;
      const nye = await Promise.all(neste.map(async (ett) => visTreff(rot, indeks, ett, await utdyp(ett))));
      liste.append(...nye);
      return nye[0];
    };
    flere.addEventListener("click", async () => (await visFlere())?.querySelector("a").focus());
    if (sider.length) deler.push(lag("h2", {}, ["Sider"]), liste, flere);
    if (!deler.length) deler.push(ingen());
    treff.replaceChildren(...deler);
    visFlere();
    melding.textContent = [telt(koder.length, "kode", "koder"), telt(sider.length, "side", "sider")].join(" og ");
  }

  function ingen() {
    const snevret = ordning.value || aar.value;
    if (!snevret) return lag("p", {}, ["Ingen treff. Prøv et annet ord, eller begynnelsen av en kode."]);
    const knapp = lag("button", { type: "button", class: "sok-flere" }, ["Søk i alle regelverk og regelår"]);
    knapp.addEventListener("click", () => {
      ordning.value = "";
      klar.then(fyllAar).then(() => { aar.value = ""; sok(); felt.focus(); });
    });
    return lag("div", {}, [lag("p", {}, ["Ingen treff i det regelverket og regelåret som er valgt."]), knapp]);
  }

  felt.addEventListener("input", () => {
    clearTimeout(klokke);
    klokke = setTimeout(sok, VENT);
  });
  ordning.addEventListener("change", () => klar.then(fyllAar).then(sok));
  aar.addEventListener("change", sok);
  skjema.addEventListener("submit", async (hendelse) => {
    hendelse.preventDefault();
    await sok();
    treff.querySelector("a[href], summary")?.focus();
  });
  element.addEventListener("keydown", (hendelse) => piltast(hendelse, felt, treff));
  return { element, felt, sok };
}

const telt = (antall, en, flere) => `${antall || "ingen"} ${antall === 1 ? en : flere}`;

function fyll(valg, alle, par) {
  const ett = ([verdi, tekst]) => lag("option", { value: verdi }, [tekst]);
  valg.replaceChildren(ett(["", alle]), ...par.map(ett));
}

// Pil ned og opp går mellom feltet og treffene.
function piltast(hendelse, felt, treff) {
  const steg = { ArrowDown: 1, ArrowUp: -1 }[hendelse.key];
  if (!steg || hendelse.target.matches("select")) return;
  const rekke = [felt, ...treff.querySelectorAll("a[href], summary, button:not([hidden])")].filter((ett) => ett.checkVisibility());
  const naa = rekke.indexOf(document.activeElement);
  const neste = rekke[naa + steg];
  if (naa < 0 || !neste) return;
  hendelse.preventDefault();
  neste.focus();
}
