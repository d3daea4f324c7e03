// Fulltekst med Pagefind. Det samme avsnittet i flere regelår er ett treff, og det nyeste året står først.
import { fil, foldet, likest } from "./data.js";

// Så mye teller en side som ikke er et kapittel i et regelverk, og en som koden er brukt på.
const GJENTAR = 0.5;
const BRUKER = 2;

let pagefind;

async function hentPagefind(rot) {
  pagefind ??= import(new URL("pagefind/pagefind.js", rot).href);
  return pagefind;
}

// Treff med `tittel`, `adresse`, `aar` (nummeret i indeksen, eller null) og `andre`: samme side i andre år.
export async function finn(rot, tekst, koder, slippGjennom) {
  const sporring = await somFinnes(rot, tekst, koder);
  if (sporring === null) return [];
  const [{ search }, { sider }, indeks] = await Promise.all([hentPagefind(rot), fil(rot, "sider.json"), fil(rot, "indeks.json")]);
  const { results } = await search(sporring);
  const brukt = new Set(koder.flatMap((kode) => kode.aar.flatMap((ett) => ett.steder.map((sted) => sidenTil(ett, sted)))));
  const grupper = new Map();
  for (const resultat of results) {
    const [aar, tittel, adresse, gjentar] = sider[resultat.id] ?? [];
    if (tittel === undefined || !slippGjennom(aar)) continue;
    const ett = aar === null ? null : indeks.aar[aar];
    const hel = (ett?.adresse ?? "") + adresse;
    const vekt = resultat.score * (gjentar || !ett ? GJENTAR : 1) * (brukt.has(hel) ? BRUKER : 1);
    const treff = { tittel, aar, vekt, adresse: hel, resultat };
    const navn = ett ? `${ett.ordning}/${adresse}` : adresse;
    grupper.set(navn, [...(grupper.get(navn) ?? []), treff]);
  }
  const treff = [...grupper.values()].map((gruppe) => {
    const [nyest, ...andre] = gruppe.sort((en, to) => en.aar - to.aar);
    return { ...nyest, andre, vekt: Math.max(...gruppe.map((ett) => ett.vekt)) };
  });
  return treff.sort((en, to) => to.vekt - en.vekt);
}

const sidenTil = (aar, sted) => (aar.adresse + sted.adresse).split("#")[0];

// Det Pagefind skal spørres om: en kode slik den er skrevet i regelverket, eller ordene som de er skrevet der.
// null når et av ordene ikke finnes; Pagefind ville ellers lett etter begynnelsen av det.
async function somFinnes(rot, tekst, koder) {
  if (koder.length) return `"${koder[0].vist.replaceAll('"', "")}"`;
  const ordene = tekst.match(/[\p{L}\p{N}]+/gu) ?? [];
  const funnet = [];
  for (const ett of ordene) {
    if (/\d/.test(ett)) funnet.push(`"${ett}"`);
    else if (ett.length > 1) {
      const skrevet = await skrevetSlik(rot, ett);
      if (skrevet === null) return null;
      funnet.push(skrevet);
    }
  }
  return funnet.length ? funnet.join(" ") : null;
}

async function skrevetSlik(rot, ord) {
  const bokstav = foldet(ord)[0];
  const { bokstaver } = await fil(rot, "sider.json");
  if (!bokstav || !bokstaver.includes(bokstav)) return null;
  const best = likest(ord, await fil(rot, `ord-${bokstav}.json`));
  if (!best) return null;
  if (best.like < foldet(ord).length) return best.ord;
  // Bare begynnelsen er skrevet: den samme begynnelsen av ordet, med bokstavene det har.
  let lengde = 1;
  while (foldet(best.ord.slice(0, lengde)).length < best.like) lengde += 1;
  return best.ord.slice(0, lengde);
}

// Stedene på siden som passer best, med utdrag.
export async function utdyp(treff) {
  const data = await treff.resultat.data();
  const vekt = (del) => del.weighted_locations.reduce((sum, sted) => sum + sted.balanced_score, 0);
  const deler = [...data.sub_results].sort((en, to) => vekt(to) - vekt(en));
  return deler.slice(0, 3).map((del) => ({ tittel: del.title, anker: del.anchor?.id ?? "", utdrag: del.excerpt }));
}
