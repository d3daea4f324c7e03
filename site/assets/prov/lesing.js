/** Fra det som er oppgitt, til en post som reglene kan lese; feil meldes med de samme ordene som i Python. */

import { helt, lestTall } from "./tall.js";
import * as tekster from "./tekst.js";
import { gyldigDato, gyldigTidspunkt } from "./tid.js";
import { Tom, Uoppgitt, erMangler } from "./verdier.js";

const TALL = /^[-−+]?(?:\p{Nd}{1,18}|\p{Nd}{1,3}(?: \p{Nd}{3}){1,5})(?:[.,]\p{Nd}{1,12})?$/u;
const KODE = /^[\p{L}\p{N}_]{1,20}$/u;
const MED_PUNKTUM = /^([A-Za-z]\p{Nd}\p{Nd})\.([\p{L}\p{N}_]+)$/u;
const TIDSPUNKT =
  /^(\p{Nd}{4}-\p{Nd}{1,2}-\p{Nd}{1,2}|\p{Nd}{1,2}\.\p{Nd}{1,2}\.\p{Nd}{4})(?:T| +)(\p{Nd}{1,2}:\p{Nd}{2}(?::\p{Nd}{2})?)(?:[.,]\p{Nd}{1,9})?(Z|[-+]\p{Nd}{2}(?::?\p{Nd}{2})?)?$/u;
const HELTALL = /^[-+]?\p{Nd}+(?:_\p{Nd}+)*$/u;
const JA_NEI = new Map([
  ["ja", true], ["nei", false], ["j", true], ["n", false], ["true", true], ["false", false], ["1", true], ["0", false],
]);
const LOKAL_TID = "et tidspunkt i lokal tid, uten tidssone, som 2023-03-02 14:30";
const ET_TIDSPUNKT = "et tidspunkt, som 2023-03-02 14:30";

export const grunn = (id, tekst, felt = []) => ({ id, tekst, felt });

/** Et felt: navnet i regelverket, navnet i filer, hva det er, og enheten det oppgis i. */
export class Felt {
  constructor({ navn, id, slag, enhet = "", teller = 1, nevner = 1, valg = [], kjente = null, av = [], ...resten }) {
    const { ordnet_etter = "", kan_mangle = false, ikke_negativ = false, store_bokstaver = false } = resten;
    Object.assign(this, { navn, id, slag, enhet, teller: helt(teller), nevner: helt(nevner), valg, av });
    Object.assign(this, { ordnet_etter, kan_mangle, ikke_negativ, store_bokstaver });
    this.kjente = kjente === null ? null : new Set(kjente);
    this.ikke_oppgitt = this.uten();
  }

  /** En ny verdi som sier at feltet ikke er oppgitt. */
  uten() {
    return this.kan_mangle ? new Tom(this.navn) : new Uoppgitt(this.navn);
  }

  /** Gruppene etter hver måte å skrive dem på: «DRG 442», «DRG442» og «442». */
  get grupper() {
    if (!this._grupper) {
      this._grupper = new Map();
      for (const gruppe of this.kjente ?? []) {
        const kort = gruppe.slice(gruppe.lastIndexOf(" ") + 1);
        for (const maate of new Set([gruppe.replaceAll(" ", "").toUpperCase(), kort.toUpperCase()])) {
          this._grupper.set(maate, [...(this._grupper.get(maate) ?? []), gruppe]);
        }
      }
    }
    return this._grupper;
  }
}

/** En lest post. Et felt som ikke er oppgitt, er `Uoppgitt` eller `Tom`. Navn som ender på «_», er ikke felt. */
export class Post {
  i_liste_ = [];
  nummer_ = 0;
  staar_ = null;
  ytre = null;
  gruppe_ = null;
  oppgitt_ = null;
  data_ = null;
  brukt_ = null;
  alle_ = new Map();
  rad_ = null;
  husket_ = new Map();
  valgte_ = [];
  forbigaatt_ = [];
  uavklart_ = null;
  uavklart_id_ = "";
  plass_ = 0;
  utenfor_ = [];

  /** Linjene foran denne som inngår. */
  get foran_() {
    return this.staar_ === null ? this.i_liste_.slice(0, this.nummer_) : this.staar_.foran.slice(0, this.staar_.antall);
  }

  /** De andre linjene som inngår. */
  get andre_() {
    const etter = this.staar_ === null ? this.i_liste_.slice(this.nummer_ + 1) : this.staar_.alle.slice(this.staar_.fra);
    return [...this.foran_, ...etter];
  }

  /** Navnene og verdiene til feltene, i rekkefølge. */
  get felter_() {
    return Object.entries(this).filter(([navn]) => !navn.endsWith("_") && navn !== "ytre");
  }
}

/** Navnene på feltene, og på feltene i listene deres, i den rekkefølgen de er skrevet. */
export const feltnavn = (felter) => felter.flatMap((felt) => [felt.navn, ...feltnavn(felt.av)]);

/** En kode eller gruppe som ikke finnes i regelverket. */
class Utenfor {
  constructor(tekst) {
    this.tekst = tekst;
  }
}

/** Verdien kan ikke leses; teksten sier hva som var ventet. */
class Ventet extends Error {}

const erOppslag = (data) => data !== null && typeof data === "object" && !Array.isArray(data);

/** Det som er oppgitt for et felt, med det ene eller det andre navnet; null når ingenting er det. */
function oppgitt(felt, data) {
  const under = (navn) => (Object.hasOwn(data, navn) ? (data[navn] ?? null) : null);
  return under(felt.id) ?? under(felt.navn);
}

/** Posten, feilene i data, og kodene som ikke er i regelverket. */
export function les(felter, data, sti = "") {
  const lest = { post: new Post(), feil: [], utenfor: [] };
  if (!erOppslag(data)) {
    const tekst = `${sti || "posten"} er ${vist(data)}; ventet et sett av felt`;
    lest.feil.push(grunn("data", tekst, sti ? [sti] : []));
  }
  const verdier = erOppslag(data) ? data : {};
  for (const felt of felter) lest.post[felt.id] = lestFelt(felt, oppgitt(felt, verdier), sti, lest);
  return lest;
}

/** Verdien av et felt; det som er galt med den, legges i `lest`. */
function lestFelt(felt, raa, sti, lest) {
  // To linjer i en liste deler ikke verdien: unntak spør om to verdier er den samme.
  if (raa === null) return sti ? felt.uten() : felt.ikke_oppgitt;
  let verdi;
  try {
    verdi = lestVerdi(felt, raa, sti, lest);
  } catch (ventet) {
    if (!(ventet instanceof Ventet)) throw ventet;
    const navn = `${sti}${felt.navn}`;
    lest.feil.push(grunn(felt.navn, `${navn} er ${vist(raa)}; ventet ${ventet.message}`, [navn]));
    return new Uoppgitt(felt.navn);
  }
  if (verdi instanceof Utenfor) {
    const tekst = `${felt.navn} ${verdi.tekst} er ikke i regelverket`;
    lest.utenfor.push(grunn(felt.navn, tekst, [`${sti}${felt.navn}`]));
    lest.post.utenfor_.push([felt.id, verdi.tekst]);
    return verdi.tekst;
  }
  if (felt.slag === "liste" && Array.isArray(verdi)) {
    for (const element of verdi) element.ytre = lest.post;
  }
  return verdi;
}

function lestVerdi(felt, raa, sti, lest) {
  if (felt.slag === "koder") {
    return deltListe(raa).map((kode) => {
      const funnet = lestKode(felt, kode);
      return funnet instanceof Utenfor ? funnet.tekst : funnet;
    });
  }
  if (felt.slag === "liste") return lestListe(felt, raa, `${sti}${felt.navn}`, lest);
  if (typeof raa === "string" && !tekster.trimmet(raa)) return felt.uten();
  return LESERE[felt.slag](felt, raa);
}

function lestJaNei(_felt, raa) {
  if (typeof raa === "boolean") return raa;
  const funnet = JA_NEI.get(tekster.trimmet(tekster.somTekst(raa)).toLowerCase());
  if (funnet === undefined) throw new Ventet("ja eller nei");
  return funnet;
}

/** Tallet i grunnenhet. */
function lestTallfelt(felt, raa) {
  return skrevetTall(felt, raa).gange(felt.teller).delt(felt.nevner);
}

/** Tallet slik det er oppgitt, med eller uten enhet. */
function skrevetTall(felt, raa) {
  const ventet = `et ${felt.slag === "heltall" ? "helt tall" : "tall"}${felt.enhet ? ` i ${felt.enhet}` : ""}`;
  if (typeof raa === "boolean") throw new Ventet(ventet);
  const tekst = utenEnhet(felt, tekster.trimmet(tekster.medVanligeRom(tekster.somTekst(raa))));
  if (!TALL.test(tekst)) throw new Ventet(ventet);
  const sifre = tekster.medVanligeSifre(tekst).replaceAll(" ", "").replace(",", ".").replace("−", "-");
  const tallet = lestTall(sifre);
  if (felt.slag === "heltall" && !tallet.erHelt()) throw new Ventet(ventet);
  if (felt.ikke_negativ && tallet.n < 0n) throw new Ventet(`${ventet} som ikke er under 0`);
  return tallet;
}

function utenEnhet(felt, tekst) {
  for (const enhet of [felt.enhet, felt.enhet.split(" per ")[0]]) {
    if (enhet && tekst.toLowerCase().endsWith(enhet.toLowerCase())) {
      return tekster.trimmetBak(tekst.slice(0, -enhet.length));
    }
  }
  return tekst;
}

function lestDato(_felt, raa) {
  const funnet = skrevetDato(tekster.foerste(tekster.trimmet(tekster.somTekst(raa)), 10));
  if (funnet === null) throw new Ventet("en dato, som 2020-12-31");
  return funnet;
}

/** Datoen i en tekst; null når den ikke er der. */
function skrevetDato(tekst) {
  const deler = (tekst.includes(".") ? tekst.split(".").reverse() : tekst.split("-")).map(tekster.trimmet);
  if (deler.length !== 3 || !deler.every((del) => HELTALL.test(del))) return null;
  return gyldigDato(...deler.map((del) => Number(tekster.medVanligeSifre(del).replaceAll("_", ""))));
}

function lestTidspunkt(_felt, raa) {
  const delt = TIDSPUNKT.exec(tekster.trimmet(tekster.medVanligeRom(tekster.somTekst(raa))));
  if (delt === null) throw new Ventet(ET_TIDSPUNKT);
  const [, dag, klokken, sone] = delt;
  if (sone !== undefined) throw new Ventet(LOKAL_TID);
  const [timer, minutter, sekunder = 0] = tekster.medVanligeSifre(klokken).split(":").map(Number);
  const funnet = gyldigTidspunkt(skrevetDato(dag), timer, minutter, sekunder);
  if (funnet === null) throw new Ventet(ET_TIDSPUNKT);
  return funnet;
}

function lestKode(felt, raa) {
  if (typeof raa !== "string" && !Number.isInteger(raa)) throw new Ventet("en kode");
  let kode = tekster.trimmet(String(raa)).replace(MED_PUNKTUM, "$1$2");
  if (felt.store_bokstaver) kode = kode.toUpperCase();
  if (!KODE.test(kode)) throw new Ventet("en kode");
  return felt.kjente !== null && !felt.kjente.has(kode) ? new Utenfor(kode) : kode;
}

/** Elementene i en liste av koder; i en tekst er de skilt av mellomrom eller komma. */
function deltListe(raa) {
  if (Array.isArray(raa)) return raa;
  if (typeof raa !== "string") throw new Ventet("en liste av koder, skilt med mellomrom");
  const tekst = tekster.trimmet(raa);
  if (tekst.startsWith("[")) return deltListe(fraJson(tekst));
  return tekst ? tekster.deltVedKomma(tekst) : [];
}

function lestValg(felt, raa) {
  const tekst = tekster.trimmet(tekster.somTekst(raa));
  const funnet = felt.valg.find((valg) => tekst === valg || tekst.toLowerCase() === valg.toLowerCase());
  if (funnet !== undefined) return funnet;
  const [siste, ...andre] = [...felt.valg].reverse();
  throw new Ventet(andre.length ? `${andre.reverse().join(", ")} eller ${siste}` : siste);
}

/** Gruppen slik regelverket skriver den; «442» og «DRG442» godtas for «DRG 442». */
function lestGruppe(felt, raa) {
  if (typeof raa !== "string" && !Number.isInteger(raa)) throw new Ventet("en gruppe, som DRG 442");
  const tekst = tekster.ordene(String(raa)).join(" ");
  const treff = felt.grupper.get(tekst.replaceAll(" ", "").toUpperCase()) ?? [];
  if (treff.includes(tekst)) return tekst;
  return treff.length === 1 ? treff[0] : new Utenfor(tekst);
}

const LESERE = {
  "ja/nei": lestJaNei,
  heltall: lestTallfelt,
  desimaltall: lestTallfelt,
  dato: lestDato,
  tidspunkt: lestTidspunkt,
  tekst: (_felt, raa) => tekster.somTekst(raa),
  kode: lestKode,
  valg: lestValg,
  gruppe: lestGruppe,
};

function lestListe(felt, raa, navn, lest) {
  const avKoder = felt.av.every((del) => del.slag === "kode");
  let linjer = raa;
  if (typeof raa === "string") {
    const tekst = tekster.trimmet(raa);
    linjer = avKoder && !tekst.startsWith("[") ? deltListe(tekst) : tekst ? fraJson(tekst) : [];
  }
  if (!Array.isArray(linjer)) throw new Ventet("en liste av linjer (i JSON)");
  const poster = linjer.map((linje, plass) => {
    const element = avKoder && typeof linje === "string" ? deltElement(felt, linje) : linje;
    const funnet = les(felt.av, element, `${navn} ${plass + 1}: `);
    funnet.post.plass_ = plass;
    lest.feil.push(...funnet.feil);
    lest.utenfor.push(...funnet.utenfor);
    return funnet.post;
  });
  if (felt.ordnet_etter) lest.feil.push(...nyeFeil(lest.feil, ordne(felt, poster, navn)));
  poster.forEach((post, nummer) => Object.assign(post, { i_liste_: poster, nummer_: nummer }));
  return poster;
}

/** Feilene om felt som det ikke er meldt feil om før. */
function nyeFeil(feil, flere) {
  const meldt = new Set(feil.map((en) => en.felt.join("\n")));
  return flere.filter((en) => !meldt.has(en.felt.join("\n")));
}

/** Ordne linjene etter feltet de skal ordnes etter; feil når noen mangler det. */
function ordne(felt, poster, navn) {
  const etter = felt.av.find((del) => del.id === felt.ordnet_etter);
  const uten = poster.flatMap((post, plass) => (erMangler(post[etter.id]) ? [plass + 1] : []));
  if (!uten.length) {
    poster.sort((a, b) => stillingAv(a[etter.id], b[etter.id]));
    return [];
  }
  const ventet = `${etter.navn} er ikke oppgitt; ventet ${etter.navn}, for linjene ordnes etter den`;
  return uten.map((plass) => grunn(etter.navn, `${navn} ${plass}: ${ventet}`, [`${navn} ${plass}: ${etter.navn}`]));
}

const stillingAv = (a, b) => (typeof a === "object" ? a.mot(b) : typeof a === "string" ? tekster.rekkefolge(a, b) : a - b);

/** Et element som bare er koder, skrevet kort: kodene med pluss mellom, i den rekkefølgen feltene er skrevet. */
function deltElement(felt, tekst) {
  const koder = tekst.split("+");
  if (koder.length > felt.av.length) {
    throw new Ventet(felt.av.length === 1 ? "en kode" : `høyst ${felt.av.length} koder med pluss mellom, som E105+I792`);
  }
  return Object.fromEntries(koder.map((kode, plass) => [felt.av[plass].id, kode]));
}

function fraJson(tekst) {
  try {
    return JSON.parse(tekst);
  } catch {
    throw new Ventet("en liste i JSON");
  }
}

/** Verdien slik den vises i en melding. */
function vist(raa) {
  if (raa === null || raa === undefined) return "ikke oppgitt";
  const tekst = tekster.somTekst(raa);
  return `«${tekster.lengde(tekst) <= 60 ? tekst : `${tekster.foerste(tekst, 59)}…`}»`;
}
