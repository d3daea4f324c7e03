/** Regelradene i en gruppering, og tabellene som i Python ligger i en datafil. */

import { Ledd, Vist } from "./forklaring.js";
import { lestTall } from "./tall.js";
import { lest } from "./tekst.js";
import { alle, er_i, hoyst, ikke, lik, mangler, mellom, minst, minstLik, over, under } from "./verdier.js";

const HOLDER = {
  er: (verdi, krevd) => lik(verdi, krevd),
  har: (verdi, krevd) => er_i(krevd, verdi),
  mangler: (verdi) => mangler(verdi),
  mellom: (verdi, lav, hoy) => mellom(verdi, lav, hoy),
  minst: (verdi, krevd) => minstLik(verdi, krevd),
  høyst: (verdi, krevd) => hoyst(verdi, krevd),
  over: (verdi, krevd) => over(verdi, krevd),
  under: (verdi, krevd) => under(verdi, krevd),
};

/** En kolonne: navnet, verdien den sier noe om, og enheten den vises i. */
export class Kolonne {
  constructor({ navn, verdi, forklaring = null, enhet = "", teller = 1, nevner = 1 }) {
    Object.assign(this, { navn, verdi, forklaring, enhet, teller, nevner });
  }
}

const medTall = (raa) => (raa !== null && typeof raa === "object" ? lestTall(raa.tall) : raa);

/** En celle: kolonnen, teksten slik den er skrevet, og svaret på den for en verdi. */
function celle([kolonne, tekst, deler, enAv]) {
  const krevd = deler.map(([slag, verdi, til, erIkke]) => ({ slag, verdi: medTall(verdi), til: medTall(til), erIkke }));
  const holder = (verdi) => {
    const svarene = krevd.map((del) => {
      const funnet = HOLDER[del.slag](verdi, del.verdi, del.til);
      return del.erIkke ? ikke(funnet) : funnet;
    });
    return enAv ? minst(1, ...svarene) : alle(...svarene);
  };
  return { kolonne, tekst, holder };
}

/** Regelradene slik de står i dataene. */
export function les_rader(innhold, kolonner, resultatfelt) {
  const rader = innhold.rader.map(([id, gruppe, resultater, celler, [fil, linje]]) => ({
    id,
    gruppe,
    resultater: [id, ...resultater],
    celler,
    sted: `${innhold.filer[fil]}:${linje}`,
  }));
  return { kolonner, resultatfelt, celler: innhold.celler.map(celle), rader };
}

/** En post mens radene prøves på den; hver verdi og hver celle regnes ut høyst én gang. */
export class Prove {
  #verdier = new Map();
  #svar = new Map();

  constructor(rader, post) {
    this.rader = rader;
    this.post = post;
  }

  verdi(kolonne) {
    if (!this.#verdier.has(kolonne)) this.#verdier.set(kolonne, this.rader.kolonner[kolonne].verdi(this.post));
    return this.#verdier.get(kolonne);
  }

  celle(nummer) {
    if (!this.#svar.has(nummer)) {
      const { kolonne, holder } = this.rader.celler[nummer];
      this.#svar.set(nummer, holder(this.verdi(kolonne)));
    }
    return this.#svar.get(nummer);
  }

  /** Svaret på en rad: ja når alle cellene holder. */
  rad(rad) {
    let helhet = true;
    for (const nummer of rad.celler) {
      const holder = this.celle(nummer);
      if (holder === false) return false;
      if (holder === null) helhet = null;
    }
    return helhet;
  }

  /** Radene med svaret på dem, i rekkefølge. */
  *alle() {
    for (const rad of this.rader.rader) yield [rad, this.rad(rad)];
  }
}

/** Leddet for en regelrad: hver celle, med verdien i kolonnen. */
export function radledd(regler, rad, post) {
  const prove = new Prove(regler.rader(), post);
  const deler = rad.celler.map((nummer) => celleledd(regler, nummer, prove, post));
  return new Ledd({ tekst: `rad ${rad.id} gir ${rad.gruppe}`, svar: prove.rad(rad), deler, sted: rad.sted });
}

/** Leddet for en celle; begrepet i kolonnen er forklart under når cellen er uavklart. */
function celleledd(regler, nummer, prove, post) {
  const celle = prove.rader.celler[nummer];
  const kolonne = prove.rader.kolonner[celle.kolonne];
  const [verdi, svar] = [prove.verdi(celle.kolonne), prove.celle(nummer)];
  const navn = lest(kolonne.navn);
  const verdier = [new Vist({ ...kolonne, navn, verdi })];
  const forklares = svar === null && kolonne.forklaring !== null;
  const deler = forklares ? [regler.forklaringer().get(kolonne.forklaring)(post)] : [];
  return new Ledd({ tekst: `${navn} ${celle.tekst}`, svar, deler, verdier, av: [verdi] });
}

/** Det et regelår har av store tabeller. */
export class Datafil {
  constructor(innhold) {
    this.innhold = innhold;
  }

  tabell(navn) {
    return new Datatabell(this.innhold.tabeller[navn]);
  }
}

/** En tabell som leses rad for rad. */
class Datatabell {
  #lest = new Map();

  constructor({ kolonner, rader }) {
    this.kolonner = Object.entries(kolonner);
    this.rader = new Map(Object.entries(rader));
  }

  keys() {
    return this.rader.keys();
  }

  get(noekkel) {
    const celler = this.rader.get(noekkel);
    if (celler === undefined) return undefined;
    if (!this.#lest.has(noekkel)) {
      const par = this.kolonner.map(([navn, slag], plass) => [navn, lestCelle(slag, celler[plass])]);
      this.#lest.set(noekkel, new Map(par.filter(([, verdi]) => verdi !== null)));
    }
    return this.#lest.get(noekkel);
  }
}

function lestCelle(slag, raa) {
  if (raa === null) return null;
  if (slag === "koder") return new Set(raa.split(" ").filter(Boolean));
  return slag === "tall" ? lestTall(raa) : raa;
}
