/** Verdier som mangler, logikk med tre svar, og regning som tåler begge deler.
 *
 * Et vilkår er true, false eller null (uavklart). Det samme som modulen `verdier` i pakkene i Python, der mer er sagt.
 */

import { Tall, helt, lestTall, tall } from "./tall.js";
import { foerste, lengde, lest, ordnet, rekkefolge } from "./tekst.js";
import { Dato, Tidspunkt, dagerFra, datoAvTekst, tidspunktAvTekst } from "./tid.js";

/** En verdi som ikke er der. */
export class Mangler {
  constructor(navn) {
    this.navn = navn;
  }
}

/** Et felt som skulle vært oppgitt. */
export class Uoppgitt extends Mangler {
  get grunn() {
    return `${lest(this.navn)} er ikke oppgitt`;
  }
}

/** Verdien er ukjent; navnet er grunnen. */
export class Ukjent extends Mangler {
  get grunn() {
    return this.navn;
  }
}

/** Verdien av et begrep, en beregning eller en gruppering kan ikke avgjøres. */
export class Uavklart extends Mangler {
  get grunn() {
    return `${lest(this.navn)} kan ikke avgjøres`;
  }
}

/** Verdien finnes ikke, og skulle ikke nødvendigvis finnes. */
export class Tom extends Mangler {
  get grunn() {
    return `${lest(this.navn)} mangler`;
  }
}

/** Beregningen har ingen linje for denne posten. */
export class GjelderIkke extends Tom {}

export const erMangler = (verdi) => verdi instanceof Mangler;
export const erTom = (verdi) => verdi instanceof Tom;

const foersteSomMangler = (...verdier) => verdier.find(erMangler);

// ---- sammenligning og regning

/** Om to verdier er de samme, når begge er der. */
function erLike(a, b) {
  if (a instanceof Tall) return b instanceof Tall && a.mot(b) === 0;
  if (a instanceof Dato) return b instanceof Dato && a.mot(b) === 0;
  if (a instanceof Tidspunkt) return b instanceof Tidspunkt && a.mot(b) === 0;
  if (a instanceof Set) return b instanceof Set && a.size === b.size && [...a].every((en) => b.has(en));
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((en, plass) => erLike(en, b[plass]));
  return a === b;
}

const stilling = (a, b) => (typeof a === "string" ? rekkefolge(a, b) : a.mot(b));

/** Svaret på en sammenligning: `tomt` når en av verdiene ikke finnes, uavklart når en av dem ikke er oppgitt. */
function sammenlignet(a, b, tomt, svaret) {
  if (erTom(a) || erTom(b)) return tomt;
  return erMangler(a) || erMangler(b) ? null : svaret();
}

export const lik = (a, b) => sammenlignet(a, b, false, () => erLike(a, b));
export const ulik = (a, b) => sammenlignet(a, b, true, () => !erLike(a, b));
export const under = (a, b) => sammenlignet(a, b, false, () => stilling(a, b) < 0);
export const hoyst = (a, b) => sammenlignet(a, b, false, () => stilling(a, b) <= 0);
export const over = (a, b) => sammenlignet(a, b, false, () => stilling(a, b) > 0);
export const minstLik = (a, b) => sammenlignet(a, b, false, () => stilling(a, b) >= 0);

export const pluss = (a, b) => foersteSomMangler(a, b) ?? a.pluss(b);
export const minus = (a, b) => foersteSomMangler(a, b) ?? a.minus(b);
export const gange = (a, b) => foersteSomMangler(a, b) ?? a.gange(b);

export function delt(teller, nevner) {
  const mangel = foersteSomMangler(teller, nevner);
  if (mangel) return mangel;
  return nevner.n === 0n ? new Ukjent("det er delt på null") : teller.delt(nevner);
}

export function avrundet(verdi, trinn, retning = "halv") {
  return erMangler(verdi) ? verdi : verdi.avrundet(trinn, retning);
}

// ---- vilkår

export const svar = (vilkaar) => vilkaar;

/** Et ja/nei-felt som vilkår. */
export const ja = (verdi) => (erMangler(verdi) ? (erTom(verdi) ? false : null) : Boolean(verdi));

export const som_verdi = (vilkaar, navn) => (vilkaar === null ? new Uavklart(navn) : vilkaar);

export function alle(...deler) {
  if (deler.includes(false)) return false;
  return deler.includes(null) ? null : true;
}

const antallAv = (deler, verdi) => deler.filter((en) => en === verdi).length;

export function minst(antall, ...deler) {
  const sikre = antallAv(deler, true);
  if (sikre >= antall) return true;
  return sikre + antallAv(deler, null) < antall ? false : null;
}

export const ikke = (del) => (del === null ? null : !del);

export const mangler = (verdi) => verdi instanceof Uoppgitt || erTom(verdi);

export function er_i(verdi, mengde) {
  if (erTom(verdi) || erTom(mengde)) return false;
  if (erMangler(verdi) || erMangler(mengde)) return null;
  return Array.isArray(mengde) ? mengde.some((en) => erLike(en, verdi)) : mengde.has(verdi);
}

export const mellom = (verdi, lav, hoy) => alle(minstLik(verdi, lav), hoyst(verdi, hoy));

// ---- lister

/** Hvor mange som sikkert og som kanskje oppfyller vilkåret; null når listen er uavklart. */
function talt(liste, vilkaar) {
  if (erMangler(liste)) return erTom(liste) ? [0, 0] : null;
  if (!vilkaar) return [liste.length, liste.length];
  const svarene = liste.map((en) => vilkaar(en));
  const sikre = antallAv(svarene, true);
  return [sikre, sikre + antallAv(svarene, null)];
}

export function minst_av(antall, liste, vilkaar) {
  const funnet = talt(liste, vilkaar);
  if (funnet === null) return null;
  return funnet[0] >= antall ? true : funnet[1] < antall ? false : null;
}

export function hoyst_av(antall, liste, vilkaar) {
  const funnet = talt(liste, vilkaar);
  if (funnet === null) return null;
  return funnet[1] <= antall ? true : funnet[0] > antall ? false : null;
}

export const noyaktig_av = (antall, liste, vilkaar) =>
  alle(minst_av(antall, liste, vilkaar), hoyst_av(antall, liste, vilkaar));

export const ingen_av = (liste, vilkaar) => hoyst_av(0, liste, vilkaar);

export function alle_av(liste, vilkaar) {
  if (erMangler(liste)) return erTom(liste) ? true : null;
  return alle(...liste.map((en) => vilkaar(en)));
}

export function de_som(liste, vilkaar, navn) {
  if (erMangler(liste)) return erTom(liste) ? [] : liste;
  const svarene = liste.map((en) => vilkaar(en));
  return svarene.includes(null) ? new Uavklart(navn) : liste.filter((_, plass) => svarene[plass]);
}

export const valgte = (grupper) => (erTom(grupper) ? [] : grupper);

export function antall(liste) {
  if (erMangler(liste)) return erTom(liste) ? tall("0") : liste;
  return helt(liste.length);
}

export function forste(liste) {
  if (erMangler(liste)) return erTom(liste) ? new Tom("første") : liste;
  return liste.length ? liste[0] : new Tom("første");
}

export const etter_forste = (liste) => (erMangler(liste) ? liste : liste.slice(1));

/** Elementene i en liste eller en mengde av koder, de siste i fast rekkefølge. */
export function elementer(verdi) {
  if (erMangler(verdi) || Array.isArray(verdi)) return verdi;
  return ordnet(verdi);
}

export function felt_av(post, navn, felt) {
  if (erMangler(post)) return erTom(post) ? new Tom(navn) : post;
  return post[felt];
}

export function begrep_av(verdi, navn, begrep) {
  if (erMangler(verdi)) return erTom(verdi) ? new Tom(navn) : verdi;
  return begrep(verdi);
}

/** Koder og mengder av koder som én mengde; det som ikke finnes, gir ingenting. */
export function samlet(...verdier) {
  const koder = new Set();
  for (const verdi of verdier) {
    if (erTom(verdi)) continue;
    if (erMangler(verdi)) return verdi;
    const flere = typeof verdi === "string" ? [verdi] : verdi instanceof Kodesett ? verdi.kodene : verdi;
    if (flere === null) return new Ukjent("mengden kan ikke telles opp");
    for (const kode of flere) koder.add(kode);
  }
  return koder;
}

export function gruppekode(gruppe) {
  if (erMangler(gruppe)) return erTom(gruppe) ? new Tom("gruppekode") : gruppe;
  return gruppe.slice(gruppe.lastIndexOf(" ") + 1);
}

/** Nøklene til radene som har en verdi i en kolonne. */
export function familie_av(tabell, kolonne, verdi) {
  const harVerdien = (celle) => celle === verdi || Boolean(celle?.has?.(verdi));
  return new Set([...tabell.keys()].filter((noekkel) => harVerdien(tabell.get(noekkel).get(kolonne))));
}

/** Begrepet, regnet ut én gang for hver post. */
export function husket(navn, begrep) {
  return (post) => {
    if (!post.husket_.has(navn)) post.husket_.set(navn, begrep(post));
    return post.husket_.get(navn);
  };
}

/** En verdi som ikke følger av noe, hentet første gang noen spør. */
export function husketEn(hent) {
  let funnet = null;
  return () => (funnet ??= hent());
}

// ---- tall

export function sum_av(liste, verdi) {
  if (erMangler(liste)) return erTom(liste) ? tall("0") : liste;
  return liste.reduce((total, en) => pluss(total, verdi(en)), tall("0"));
}

export const hoyeste = (verdier) => ytterst(verdier, (ny, beste) => stilling(ny, beste) > 0);
export const laveste = (verdier) => ytterst(verdier, (ny, beste) => stilling(ny, beste) < 0);

function ytterst(verdier, erBedre) {
  let beste = new Tom("verdien");
  for (const verdi of verdier) {
    if (erTom(verdi)) continue;
    if (erMangler(verdi)) return verdi;
    if (erTom(beste) || erBedre(verdi, beste)) beste = verdi;
  }
  return beste;
}

const summen = (tallene) => tallene.reduce((total, en) => total.pluss(en), tall("0"));

export function gjennomsnitt(tallene) {
  const mangel = foersteSomMangler(...tallene);
  if (mangel) return mangel;
  return tallene.length ? summen(tallene).delt(helt(tallene.length)) : new Tom("verdien");
}

/** Standardavviket til verdiene som et utvalg; kvadratene regnes ut eksakt. */
export function standardavvik(tallene) {
  const mangel = foersteSomMangler(...tallene);
  if (mangel) return mangel;
  if (tallene.length < 2) return new Tom("verdien");
  const desimaler = Math.max(...tallene.map((en) => en.desimaler));
  const hele = tallene.map((en) => en.n * 10n ** BigInt(desimaler - en.desimaler));
  const mengde = BigInt(hele.length);
  const sum = hele.reduce((a, b) => a + b, 0n);
  const kvadrater = hele.reduce((total, en) => total + (en * mengde - sum) ** 2n, 0n);
  const nevner = mengde * mengde * (mengde - 1n) * 10n ** BigInt(2 * desimaler);
  return delteHeltall(kvadrater, nevner).rot();
}

/** Kvotienten av to hele tall, forkortet og så avkortet som i Python. */
function delteHeltall(teller, nevner) {
  let [a, b] = [teller, nevner];
  while (b) [a, b] = [b, a % b];
  return new Tall(teller / a).delt(new Tall(nevner / a));
}

export function for_hver(liste, verdi) {
  if (erMangler(liste)) return erTom(liste) ? [] : [liste];
  return liste.map((en) => verdi(en));
}

/** Antallet fordelt på trinnene i en tabell, hver del ganget med det `verdi` gir for trinnet. */
export function trinnsum(antallet, tabell, verdi) {
  if (erMangler(antallet)) return antallet;
  let [total, naadd] = [tall("0"), tall("0")];
  for (const trinn of [...tabell.keys()].map(lestTall).sort((a, b) => a.mot(b))) {
    if (antallet.mot(naadd) > 0) {
      const tilOgMed = antallet.mot(trinn) < 0 ? antallet : trinn;
      total = pluss(total, gange(tilOgMed.minus(naadd), verdi(trinn)));
    }
    naadd = trinn;
  }
  return antallet.mot(naadd) > 0 ? new Tom("trinnsum") : total;
}

// ---- oppslag og unntak

/** Nøkkelen en rad slås opp med; en del som mangler, gir seg selv. */
export const noekkel = (...deler) => foersteSomMangler(...deler) ?? deler.map(noekkeldel).join("|");

const noekkeldel = (del) => (typeof del === "boolean" ? (del ? "ja" : "nei") : String(del));

/** Verdien i en tabell; `ellers` gir verdien når raden er der, men mangler kolonnen. */
export function slaa_opp(tabell, nokkel, kolonne, ellers) {
  if (erMangler(nokkel)) return nokkel;
  const rad = tabell.get(nokkel);
  return rad === undefined ? new Tom(kolonne) : (rad.get(kolonne) ?? ellers(nokkel));
}

/** Verdien av unntaket som gjelder, eller null; gjelder flere med ulik verdi, er verdien ukjent. */
function ettUnntak(funnet) {
  if (!funnet.length) return null;
  const [, foersteVerdi] = funnet[0];
  const denSamme = (verdi) => verdi === foersteVerdi || (!erMangler(verdi) && lik(verdi, foersteVerdi) === true);
  if (funnet.every(([, verdi]) => denSamme(verdi))) return foersteVerdi;
  return new Ukjent(`flere unntak gir ulikt svar: ${funnet.map(([navn]) => `«${navn}»`).join(" og ")}`);
}

export function unntak_fra(navn, ...unntak) {
  if (unntak.some(([, gjelder]) => gjelder === null)) return new Uavklart(navn);
  return ettUnntak(unntak.filter(([, gjelder]) => gjelder).map(([tittel, , verdi]) => [tittel, verdi()]));
}

export const ellers_nei = (verdi) => (verdi instanceof Uoppgitt ? new Tom(verdi.navn) : verdi);
export const maa_oppgis = (verdi) => (erTom(verdi) ? new Uoppgitt(verdi.navn) : verdi);

/** Verdien av en sats som skifter innen året, på en dag. */
export function sats_paa(dag, verdi, perioder) {
  if (erMangler(dag)) return maa_oppgis(dag);
  return perioder.reduce((gjeldende, [start, senere]) => (start.mot(dag) <= 0 ? senere : gjeldende), verdi);
}

// ---- tid

export const som_dato = (verdi) => (erMangler(verdi) ? verdi : datoAvTekst(verdi));
export const som_tidspunkt = (verdi) => (erMangler(verdi) ? verdi : tidspunktAvTekst(verdi));
export const dato_av = (verdi) => (erMangler(verdi) ? verdi : verdi.dato);
export const aar_av = (dag) => (erMangler(dag) ? dag : helt(dag.aar));
export const maaned_av = (dag) => (erMangler(dag) ? dag : helt(dag.maaned));
export const tertial_av = (dag) => (erMangler(dag) ? dag : helt(Math.floor((dag.maaned + 3) / 4)));
export const ukedag_av = (dag) => (erMangler(dag) ? dag : helt(dag.ukedag));
export const dager_mellom = (sent, tidlig) => foersteSomMangler(sent, tidlig) ?? dagerFra(sent, tidlig);
export const minutter_mellom = (sent, tidlig) =>
  foersteSomMangler(sent, tidlig) ?? helt(sent.sekunder - tidlig.sekunder).delt(tall("60"));

// ---- mengder

/** En mengde av koder: enkeltkoder, intervaller, koder med samme begynnelse, eller alle; noen kan være unntatt. */
export class Kodesett {
  constructor({ koder = [], intervaller = [], begynnelser = [], sett = [], unntatt = null, alt = false } = {}) {
    this.koder = new Set(koder);
    this.intervaller = intervaller;
    this.begynnelser = begynnelser;
    this.sett = sett;
    this.unntatt = unntatt;
    this.alt = alt;
  }

  /** Alle kodene i mengden; null når den har intervaller, begynnelser eller alt. */
  get kodene() {
    if (this.alt || this.intervaller.length || this.begynnelser.length) return null;
    const koder = new Set(this.koder);
    for (const { kodene } of this.sett) {
      if (kodene === null) return null;
      for (const kode of kodene) koder.add(kode);
    }
    return new Set([...koder].filter((kode) => !this.unntatt?.has(kode)));
  }

  has(kode) {
    const inne =
      this.koder.has(kode) ||
      this.alt ||
      this.begynnelser.some((begynnelse) => kode.startsWith(begynnelse)) ||
      this.intervaller.some((intervall) => iIntervall(kode, ...intervall)) ||
      this.sett.some((sett) => sett.has(kode));
    return inne && !this.unntatt?.has(kode);
  }
}

const iIntervall = (kode, lav, hoy) =>
  rekkefolge(lav, kode) <= 0 && rekkefolge(foerste(kode, lengde(hoy)), hoy) <= 0;

export const mengde = (koder) => new Set(koder);
export const oppslag = (par) => new Map(par);
export { tall };
