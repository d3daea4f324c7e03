/** Datoer som dagnummer og tidspunkter som sekunder, i den gregorianske kalenderen fra år 1 til 9999. */

import { helt } from "./tall.js";

const DAGER_FOER = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

const erSkuddaar = (aar) => aar % 4 === 0 && (aar % 100 !== 0 || aar % 400 === 0);

const dagerI = (aar, maaned) => (maaned === 2 && erSkuddaar(aar) ? 29 : [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][maaned - 1]);

const to = (tall) => String(tall).padStart(2, "0");

/** En dato; `nummer` er dagene fra 1. januar år 1, som er dag 1 og en mandag. */
export class Dato {
  constructor(aar, maaned, dag) {
    this.aar = aar;
    this.maaned = maaned;
    this.dag = dag;
    const foer = aar - 1;
    const skudd = Math.floor(foer / 4) - Math.floor(foer / 100) + Math.floor(foer / 400);
    const iAar = DAGER_FOER[maaned - 1] + (maaned > 2 && erSkuddaar(aar) ? 1 : 0) + dag;
    this.nummer = foer * 365 + skudd + iAar;
  }

  mot(annen) {
    return this.nummer - annen.nummer;
  }

  get ukedag() {
    return ((this.nummer - 1) % 7) + 1;
  }

  toString() {
    return `${String(this.aar).padStart(4, "0")}-${to(this.maaned)}-${to(this.dag)}`;
  }
}

/** Et tidspunkt i lokal tid; `sekunder` er sekundene fra begynnelsen av kalenderen. */
export class Tidspunkt {
  constructor(dato, timer = 0, minutter = 0, sekund = 0) {
    this.dato = dato;
    this.timer = timer;
    this.minutter = minutter;
    this.sekund = sekund;
    this.sekunder = dato.nummer * 86400 + timer * 3600 + minutter * 60 + sekund;
  }

  mot(annet) {
    return this.sekunder - annet.sekunder;
  }

  get aar() {
    return this.dato.aar;
  }

  get maaned() {
    return this.dato.maaned;
  }

  get ukedag() {
    return this.dato.ukedag;
  }

  toString() {
    const klokken = `${to(this.timer)}:${to(this.minutter)}`;
    return `${this.dato} ${klokken}${this.sekund ? `:${to(this.sekund)}` : ""}`;
  }
}

/** Datoen, eller null når den ikke finnes. */
export function gyldigDato(aar, maaned, dag) {
  const finnes = aar >= 1 && aar <= 9999 && maaned >= 1 && maaned <= 12 && dag >= 1 && dag <= dagerI(aar, maaned);
  return finnes ? new Dato(aar, maaned, dag) : null;
}

/** Tidspunktet, eller null når det ikke finnes. */
export function gyldigTidspunkt(dato, timer, minutter, sekund) {
  const finnes = dato !== null && timer <= 23 && minutter <= 59 && sekund <= 59;
  return finnes ? new Tidspunkt(dato, timer, minutter, sekund) : null;
}

export const dato = (aar, maaned, dag) => new Dato(aar, maaned, dag);

export const tidspunkt = (aar, maaned, dag, ...klokken) => new Tidspunkt(new Dato(aar, maaned, dag), ...klokken);

/** Datoen i en tekst som «2020-12-31». */
export const datoAvTekst = (tekst) => new Dato(...tekst.split("-").map(Number));

/** Tidspunktet i en tekst som «2020-12-31T14:30:00». */
export function tidspunktAvTekst(tekst) {
  const [dag, klokken = "0:0"] = tekst.split(/[T ]/);
  return new Tidspunkt(datoAvTekst(dag), ...klokken.split(":").map(Number));
}

/** Dagene fra en dato til en annen. */
export const dagerFra = (sent, tidlig) => helt(sent.nummer - tidlig.nummer);
