/** Skjemaet: ett felt for hver opplysning, og rader for lister. Det gir og tar data slik pakkene leser dem. */

import { lag, nyId, stor } from "./dom.js";
import { forslag, navnPaa } from "./koder.js";
import { deltVedKomma, trimmet } from "./tekst.js";

const HJELP = {
  dato: "for eksempel 31.12.2020",
  tidspunkt: "for eksempel 31.12.2020 14:30",
};

/** Et skjema for feltene; `kontekst` har kodene som kan foreslås, og det som skal skje når noe endres. */
export function skjema(felter, kontekst) {
  const deler = felter.map((felt) => ({ felt, del: lagDel(felt, kontekst) }));
  const sjeldne = deler.filter(({ felt }) => felt.sjelden);
  const flere = lag(
    "details",
    { class: "prov-flere" },
    lag("summary", {}, `Flere opplysninger (${sjeldne.length})`),
    lag("div", { class: "prov-felter" }, sjeldne.map(({ del }) => del.element)),
  );
  const vanlige = deler.filter(({ felt }) => !felt.sjelden).map(({ del }) => del.element);
  return {
    elementer: sjeldne.length ? [...vanlige, flere] : vanlige,

    /** Det som er fylt ut, etter id. */
    verdi() {
      const utfylt = deler.map(({ felt, del }) => [felt.id, del.verdi()]);
      return Object.fromEntries(utfylt.filter(([, verdi]) => verdi !== null));
    },

    fyll(gitt) {
      for (const { felt, del } of deler) del.fyll(gitt[felt.id] ?? gitt[felt.navn] ?? null);
      flere.open = sjeldne.some(({ del }) => del.verdi() !== null);
    },

    /** Vis meldingene ved feltene de gjelder; et felt som er brettet bort, blir brettet fram når det har en. */
    merk(meldinger, sti = "") {
      for (const { felt, del } of deler) del.merk(meldinger, `${sti}${felt.navn}`);
      if (sjeldne.some(({ felt }) => meldinger.has(`${sti}${felt.navn}`))) flere.open = true;
    },
  };
}

function lagDel(felt, kontekst) {
  if (felt.slag === "liste") return listedel(felt, kontekst);
  return felt.slag === "koder" ? kodedel(felt, kontekst) : enkeldel(felt, kontekst);
}

// ---- ett felt

/** Plassen til en melding under et felt. */
function meldingsplass() {
  const element = lag("p", { class: "prov-melding", id: nyId(), hidden: true });
  return {
    element,
    /** Vis en melding, eller ingenting når den ikke er der; si fra på inndataelementet når den er om en feil. */
    vis({ tekst, erFeil } = { tekst: "", erFeil: false }, inndata = null) {
      element.textContent = tekst;
      element.hidden = !tekst;
      element.classList.toggle("prov-feil", erFeil);
      if (erFeil) inndata?.setAttribute("aria-invalid", "true");
      else inndata?.removeAttribute("aria-invalid");
    },
  };
}

/** Merkelappen på et felt, med enheten det oppgis i. */
function etikett(felt, for_) {
  return lag("label", { for: for_ }, stor(felt.etikett), felt.enhet ? lag("span", { class: "prov-enhet" }, ` (${felt.enhet})`) : "");
}

/** Det som sier hva feltet er; teksten gjentar ikke etiketten. */
function hjelpetekst(felt) {
  const tekst = felt.tekst && felt.tekst.toLowerCase() !== felt.etikett.toLowerCase() ? stor(felt.tekst) : "";
  const form = HJELP[felt.slag] ?? "";
  const deler = [tekst, form].filter(Boolean).join("; ");
  return deler ? lag("p", { class: "prov-hjelp", id: nyId() }, `${stor(deler)}.`) : null;
}

function enkeldel(felt, kontekst) {
  const id = nyId();
  const [hjelp, melding] = [hjelpetekst(felt), meldingsplass()];
  const beskrevet = [hjelp?.id, melding.element.id].filter(Boolean).join(" ");
  const inndata = inndataFor(felt, { id, "aria-describedby": beskrevet }, kontekst);
  return {
    element: lag("div", { class: "prov-felt" }, etikett(felt, id), hjelp, inndata.elementer, melding.element),
    verdi: () => (trimmet(inndata.kilde.value) ? inndata.kilde.value : null),
    fyll: (raa) => inndata.sett(raa === null ? "" : raa === true ? "ja" : raa === false ? "nei" : String(raa)),
    merk: (meldinger, sti) => melding.vis(meldinger.get(sti), inndata.kilde),
  };
}

/** Elementet en verdi skrives eller velges i. */
function inndataFor(felt, attributter, kontekst) {
  if (felt.slag === "ja/nei") return valg(["ja", "nei"], attributter, kontekst);
  if (felt.slag === "valg") return valg(felt.valg, attributter, kontekst);
  if (felt.koder) return kodeinndata(felt.koder, attributter, kontekst);
  const tastatur = { heltall: "numeric", desimaltall: "decimal" }[felt.slag] ?? null;
  const kilde = lag("input", { type: "text", autocomplete: "off", inputmode: tastatur, ...attributter, oninput: kontekst.endret });
  return { kilde, elementer: [kilde], sett: (tekst) => { kilde.value = tekst; } };
}

function valg(verdier, attributter, kontekst) {
  const kilde = lag(
    "select",
    { ...attributter, onchange: kontekst.endret },
    lag("option", { value: "" }, "ikke oppgitt"),
    verdier.map((verdi) => lag("option", { value: verdi }, verdi.replaceAll("_", " "))),
  );
  const sett = (tekst) => {
    // En verdi som ikke kan velges, kom fra adressen; den blir stående så meldingen om den kan vises.
    const kjent = [...kilde.options].find((en) => en.value.toLowerCase() === trimmet(tekst).toLowerCase());
    if (!kjent) kilde.append(lag("option", { value: tekst }, tekst));
    kilde.value = kjent ? kjent.value : tekst;
  };
  return { kilde, elementer: [kilde], sett };
}

/** Et felt for en kode: forslag mens det skrives, og navnet på koden under. */
function kodeinndata(liste, attributter, kontekst) {
  const id = nyId();
  const treff = lag("datalist", { id });
  const navn = lag("p", { class: "prov-betyr" });
  const kodene = kontekst.koder[liste];
  const vis = () => {
    const funnet = forslag(kodene, kilde.value);
    treff.replaceChildren(...funnet.map(([kode, tekst]) => lag("option", { value: kode }, tekst || kode)));
    navn.textContent = navnPaa(kodene, kilde.value);
  };
  const endret = () => {
    vis();
    kontekst.endret();
  };
  const kilde = lag("input", { type: "text", autocomplete: "off", spellcheck: "false", list: id, ...attributter, oninput: endret, onfocus: vis });
  const sett = (tekst) => {
    kilde.value = tekst;
    vis();
  };
  return { kilde, elementer: [kilde, treff, navn], sett };
}

// ---- flere koder, og lister av poster

/** En gruppe av rader som kan legges til og fjernes; `lagRad(nummer)` gir elementene og det raden kan. */
function rader({ navn, hjelp, element, lagRad, kontekst }) {
  const melding = meldingsplass();
  const innhold = lag("div", { class: "prov-rader" });
  const legg = lag("button", { type: "button", class: "prov-knapp", onclick: () => leggTil().foerste?.focus() }, `Legg til ${element}`);
  const ingen = lag("input", { type: "checkbox", onchange: kontekst.endret });
  const ingenValg = lag("label", { class: "prov-ingen" }, ingen, ` Det er ingen ${navn.toLowerCase()}`);
  const ramme = lag(
    "fieldset",
    { class: "prov-liste", "aria-describedby": melding.element.id },
    ...[lag("legend", {}, stor(navn)), hjelp, innhold, legg, ingenValg, melding.element],
  );
  let radene = [];

  function nummerer() {
    radene.forEach((rad, plass) => rad.nummerer(plass + 1));
    ingenValg.hidden = radene.length > 0;
    if (radene.length) ingen.checked = false;
  }

  function fjern(rad) {
    const plass = radene.indexOf(rad);
    radene = radene.filter((en) => en !== rad);
    rad.element.remove();
    nummerer();
    (radene[Math.min(plass, radene.length - 1)]?.fjern ?? legg).focus();
    kontekst.endret();
  }

  function leggTil() {
    const rad = lagRad(() => fjern(rad));
    radene.push(rad);
    innhold.append(rad.element);
    nummerer();
    kontekst.endret();
    return rad;
  }

  return {
    element: ramme,
    radene: () => radene,
    /** Ta bort radene, og si om det er oppgitt at det ikke er noen. */
    toem(erIngen) {
      radene = [];
      innhold.replaceChildren();
      nummerer();
      ingen.checked = erIngen;
    },
    leggTil,
    /** Radene som verdier; null når ingenting er oppgitt. */
    oppgitt: (verdier) => (verdier.length || ingen.checked ? verdier : null),
    vis: (en) => melding.vis(en),
  };
}

const fjernknapp = (fjern) => lag("button", { type: "button", class: "prov-fjern", onclick: fjern }, "Fjern");

/** Koder uten noe annet ved seg: ett felt for hver. */
function kodedel(felt, kontekst) {
  const element = felt.element || "kode";
  const lagRad = (fjernRad) => {
    const fjern = fjernknapp(fjernRad);
    const inndata = inndataFor({ ...felt, slag: "kode" }, {}, kontekst);
    return {
      element: lag("div", { class: "prov-koderad" }, inndata.elementer, fjern),
      foerste: inndata.kilde,
      fjern,
      sett: inndata.sett,
      verdi: () => trimmet(inndata.kilde.value),
      nummerer(nummer) {
        inndata.kilde.setAttribute("aria-label", `${stor(element)} ${nummer}`);
        fjern.setAttribute("aria-label", `Fjern ${element} ${nummer}`);
      },
    };
  };
  const gruppe = rader({ navn: felt.etikett, hjelp: hjelpetekst(felt), element, lagRad, kontekst });
  return {
    element: gruppe.element,
    verdi: () => gruppe.oppgitt(gruppe.radene().map((rad) => rad.verdi()).filter(Boolean)),
    fyll(raa) {
      gruppe.toem(raa !== null && somListe(raa).length === 0);
      for (const kode of somListe(raa)) gruppe.leggTil().sett(String(kode));
    },
    merk: (meldinger, sti) => gruppe.vis(meldinger.get(sti)),
  };
}

/** En liste av poster: en ramme med felt for hver. */
function listedel(felt, kontekst) {
  const element = felt.element || "linje";
  const lagRad = (fjernRad) => {
    const [fjern, overskrift] = [fjernknapp(fjernRad), lag("legend")];
    const egne = skjema(felt.av, kontekst);
    const ramme = lag("fieldset", { class: "prov-rad" }, overskrift, lag("div", { class: "prov-felter" }, egne.elementer), fjern);
    return {
      element: ramme,
      get foerste() {
        return ramme.querySelector("input, select, button");
      },
      fjern,
      egne,
      nummerer(nummer) {
        overskrift.textContent = `${stor(element)} ${nummer}`;
        fjern.setAttribute("aria-label", `Fjern ${element} ${nummer}`);
      },
    };
  };
  const gruppe = rader({ navn: felt.etikett, hjelp: hjelpetekst(felt), element, lagRad, kontekst });
  return {
    element: gruppe.element,
    verdi: () => gruppe.oppgitt(gruppe.radene().map((rad) => rad.egne.verdi())),
    fyll(raa) {
      gruppe.toem(raa !== null && somListe(raa).length === 0);
      for (const linje of somListe(raa)) gruppe.leggTil().egne.fyll(somLinje(felt, linje));
    },
    merk(meldinger, sti) {
      gruppe.radene().forEach((rad, plass) => rad.egne.merk(meldinger, `${sti} ${plass + 1}: `));
      gruppe.vis(meldinger.get(sti));
    },
  };
}

/** Elementene i en liste, som kan være skrevet som tekst. */
function somListe(raa) {
  if (Array.isArray(raa)) return raa;
  const tekst = raa === null ? "" : trimmet(String(raa));
  if (!tekst) return [];
  if (!tekst.startsWith("[")) return deltVedKomma(tekst);
  try {
    return JSON.parse(tekst);
  } catch {
    return [tekst];
  }
}

/** En linje som er skrevet kort, som koder med pluss mellom, felt for felt. */
function somLinje(felt, linje) {
  if (linje !== null && typeof linje === "object") return linje;
  const koder = String(linje).split("+");
  return Object.fromEntries(felt.av.map((del, plass) => [del.id, koder[plass] ?? null]));
}
