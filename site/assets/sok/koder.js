// Oppslag av koder: koden selv, intervaller den er i, koder som begynner likt, og koder som heter det en skriver.
import { fil, foldet, likest } from "./data.js";

const FLEST = 12;

// Slik koder slås opp: uten mellomrom, punktum og strek, med store bokstaver.
export const nokkel = (tekst) => tekst.replace(/[\s.\-–_]/g, "").toUpperCase();

// Det som ligner en kode: et siffer, og ikke så langt.
export const lignerKode = (tekst) => /\d/.test(tekst) && nokkel(tekst).length <= 14;

// Koder som passer med teksten. Hver har `vist`, `hvordan` og `aar`: regelåret, teksten og stedene som bruker koden.
export async function slaaOpp(rot, tekst) {
  const indeks = await fil(rot, "indeks.json");
  const sokt = nokkel(tekst);
  if (!sokt) return [];
  const funnet = await medNokkel(rot, indeks, sokt);
  if (funnet.length || lignerKode(tekst)) {
    const strekk = await iStrekk(rot, indeks, sokt, tekst);
    const alle = slaatt(funnet, strekk);
    if (alle.length) return alle;
    const like = sokt.length > 1 ? await somBegynner(rot, indeks, sokt) : [];
    if (like.length) return like;
    return deler(tekst).length > 1 ? avDeler(rot, tekst) : [];
  }
  if (sokt.length < 3) return [];
  const navngitt = await somHeter(rot, indeks, tekst);
  return navngitt.length ? navngitt : somBegynner(rot, indeks, sokt);
}

// Når teksten som helhet ikke er en kode, kan ett av ordene i den være det.
const deler = (tekst) => tekst.split(/\s+/).filter(Boolean);

async function avDeler(rot, tekst) {
  for (const del of deler(tekst).filter((en) => lignerKode(en) && en.length > 2)) {
    const funnet = await slaaOpp(rot, del);
    if (funnet.length) return funnet;
  }
  return [];
}

const filnavn = (forstavelse) =>
  [...forstavelse].map((tegn) => (/[A-Z0-9]/.test(tegn) ? tegn.toLowerCase() : `_${tegn.codePointAt(0).toString(16)}`)).join("");

// Filen som har koden: den med den lengste forstavelsen.
function forstavelse(indeks, sokt) {
  for (let lengde = sokt.length; lengde > 0; lengde -= 1) {
    const prefiks = sokt.slice(0, lengde);
    if (indeks.koder.includes(prefiks)) return prefiks;
  }
  return null;
}

async function medNokkel(rot, indeks, sokt) {
  const prefiks = forstavelse(indeks, sokt);
  if (prefiks === null) return [];
  const lest = await fil(rot, `koder-${filnavn(prefiks)}.json`);
  return koderI(indeks, lest, sokt).map((kode) => ({ ...kode, hvordan: "lik" }));
}

function koderI(indeks, lest, sokt) {
  return (lest.koder[sokt] ?? []).map(([vist, aar]) => ({
    vist,
    aar: aar.map(([nummer, tekst, bruk]) => ({
      ...regelaar(indeks, nummer),
      tekst: lest.tekster[tekst],
      steder: lest.bruk[bruk].map((sted) => somSted(lest.steder, sted)),
    })),
  }));
}

const regelaar = (indeks, nummer) => ({ nummer, ...indeks.aar[nummer] });

function somSted(steder, nummer) {
  const [type, navn, adresse, brukere = [], gjennom = []] = steder[nummer];
  const flere = (liste) => liste.map((ett) => somSted(steder, ett));
  return { type, navn, adresse, brukere: flere(brukere), gjennom: flere(gjennom) };
}

// Sett som har koden i et intervall eller en forstavelse, unntatt koder som settet tar ut.
async function iStrekk(rot, indeks, sokt, tekst) {
  const lest = await fil(rot, "strekk.json");
  const inni = ([lav, hoy]) => (hoy ? lav <= sokt && sokt.slice(0, hoy.length) <= hoy : sokt.startsWith(lav));
  const aar = new Map();
  for (const [lav, hoy, uten, bruk] of lest.strekk) {
    if (!inni([lav, hoy]) || uten.some(inni)) continue;
    for (const [nummer, liste] of bruk) {
      const steder = lest.bruk[liste].map((sted) => somSted(lest.steder, sted));
      const ett = aar.get(nummer) ?? { ...regelaar(indeks, nummer), tekst: "", steder: [] };
      aar.set(nummer, { ...ett, steder: [...ett.steder, ...steder] });
    }
  }
  if (!aar.size) return [];
  const ordnet = [...aar.values()].sort((en, to) => en.nummer - to.nummer);
  return [{ vist: tekst.trim().toUpperCase(), hvordan: "strekk", aar: ordnet }];
}

// En kode som både står selv og er i et intervall, vises én gang.
function slaatt(funnet, strekk) {
  if (funnet.length !== 1 || !strekk.length) return funnet.length ? funnet : strekk;
  const [kode] = funnet;
  const aar = new Map(kode.aar.map((ett) => [ett.nummer, ett]));
  for (const ett of strekk[0].aar) {
    const selv = aar.get(ett.nummer);
    const nye = ett.steder.filter((sted) => !selv?.steder.some((annet) => annet.adresse === sted.adresse));
    aar.set(ett.nummer, selv ? { ...selv, steder: [...selv.steder, ...nye] } : ett);
  }
  return [{ ...kode, aar: [...aar.values()].sort((en, to) => en.nummer - to.nummer) }];
}

async function somBegynner(rot, indeks, sokt) {
  const egen = forstavelse(indeks, sokt);
  const under = indeks.koder.filter((prefiks) => prefiks.startsWith(sokt) || prefiks === egen);
  const funnet = [];
  for (const prefiks of under) {
    const lest = await fil(rot, `koder-${filnavn(prefiks)}.json`);
    for (const ett of Object.keys(lest.koder).filter((kode) => kode.startsWith(sokt)).sort()) {
      funnet.push(...koderI(indeks, lest, ett).map((kode) => ({ ...kode, hvordan: "begynner" })));
    }
    if (funnet.length >= FLEST) break;
  }
  return funnet.slice(0, FLEST);
}

// Lange koder er mer bestemte enn korte.
const lengstForst = (en, to) => to.length - en.length || (en < to ? -1 : 1);

async function somHeter(rot, indeks, tekst) {
  const ordene = tekst.split(/[^\p{L}]+/u).filter((ett) => foldet(ett).length > 2);
  const likt = await Promise.all(ordene.map((ett) => medOrd(rot, indeks, ett)));
  if (!likt.length || likt.includes(null)) return [];
  const felles = [...likt[0].koder].filter((kode) => likt.every((ett) => ett.koder.has(kode)));
  const heter = (navn) => likt.every((ett) => foldet(navn).includes(ett.begynner));
  const funnet = [];
  for (const nokkelen of felles.sort(lengstForst).slice(0, FLEST)) {
    for (const kode of await medNokkel(rot, indeks, nokkelen)) {
      const aar = kode.aar.filter((ett) => heter(ett.tekst));
      if (aar.length) funnet.push({ ...kode, aar, hvordan: "navn" });
    }
  }
  return funnet;
}

// Kodene som har et ord i navnet, med endelsene det kan ha, og begynnelsen som ordene har felles.
async function medOrd(rot, indeks, ord) {
  const start = foldet(ord).slice(0, 2);
  if (!indeks.navn.includes(start)) return null;
  const lest = await fil(rot, `navn-${start}.json`);
  const best = likest(ord, Object.keys(lest));
  if (!best) return null;
  const begynner = best.ord.slice(0, best.like);
  const like = Object.keys(lest).filter((ett) => ett.startsWith(begynner) && ett.length - begynner.length <= best.lengre + 2);
  return { begynner, koder: new Set(like.flatMap((ett) => lest[ett])) };
}
