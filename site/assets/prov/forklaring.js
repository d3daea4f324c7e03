/** Forklaringen av et svar: hvert vilkår med svaret sitt, verdiene det bygger på, og hvor det står. */

import { Tall, helt } from "./tall.js";
import { lest, ordnet } from "./tekst.js";
import { Dato, Tidspunkt } from "./tid.js";
import { Kodesett, Uavklart, Ukjent, Uoppgitt, alle, erMangler, erTom, ikke, minst, samlet } from "./verdier.js";

/** En verdi i en forklaring: navnet, verdien i grunnenhet og enheten den vises i. */
export class Vist {
  constructor({ navn, verdi, enhet = "", teller = 1, nevner = 1 }) {
    Object.assign(this, { navn, verdi, enhet, teller, nevner });
  }

  get tekst() {
    return `${this.navn} = ${vist(this.verdi, this.enhet, this.teller, this.nevner)}`;
  }
}

/** Et ledd i en forklaring. `sted` er hvor regelen står i regelverket. */
export class Ledd {
  constructor({ tekst, svar = null, deler = [], verdier = [], av = [], sted = "", kilder = [], resultat = null, ...slag }) {
    const { taust = false, gjelder = true, er_verdi = false } = slag;
    Object.assign(this, { tekst, svar, deler, verdier, av, sted, kilder, resultat, taust, gjelder, er_verdi });
  }

  /** Det samme leddet, med noe annerledes. */
  med(annet) {
    return new Ledd({ ...this, ...annet });
  }
}

// ---- verdier slik de leses

/** Kodene i en post som bare er koder, som en diagnose; null for alt annet. */
function koder(verdi) {
  if (!verdi?.husket_) return null;
  const felt = verdi.felter_.map(([, en]) => en).filter((en) => !Array.isArray(en) && !erMangler(en));
  return felt.every((en) => typeof en === "string") ? felt : null;
}

/** En verdi slik den leses: «45 808 kr», «ja», «ikke oppgitt». */
export function vist(verdi, enhet = "", teller = 1, nevner = 1) {
  if (verdi instanceof Uoppgitt) return "ikke oppgitt";
  if (erTom(verdi)) return "mangler";
  if (verdi instanceof Ukjent) return `ukjent (${verdi.navn})`;
  if (erMangler(verdi)) return "uavklart";
  if (typeof verdi === "boolean") return verdi ? "ja" : "nei";
  if (verdi instanceof Tall) return `${tallet(verdi.gange(helt(nevner)).delt(helt(teller)))} ${enhet}`.trimEnd();
  if (verdi instanceof Kodesett) return vist(samlet(verdi));
  if (verdi instanceof Set) return ordnet(verdi).join(", ") || "ingen";
  if (Array.isArray(verdi)) {
    const korte = verdi.every((del) => typeof del === "string" || koder(del) !== null);
    if (korte) return verdi.slice(0, 12).map((del) => vist(del)).join(", ") || "ingen";
    return `${verdi.length} ${verdi.length === 1 ? "linje" : "linjer"}`;
  }
  const funnet = koder(verdi);
  if (funnet !== null) return funnet.join("+") || "ingen";
  return verdi?.husket_ ? kjennetegn(verdi).join(", ") || "en linje" : String(verdi);
}

/** Tekstene, datoene og tidspunktene i en post, som sier hvilken det er. */
function kjennetegn(post) {
  const sier = (en) => typeof en === "string" || en instanceof Dato || en instanceof Tidspunkt;
  return post.felter_.map(([, verdi]) => verdi).filter(sier).map(String);
}

/** Et tall med desimalkomma og mellomrom mellom tusenene. */
export function tallet(verdi) {
  const [hele, brok] = verdi.toString().replace("-", "").split(".");
  const grupper = hele.replace(/\B(?=(\d{3})+$)/g, " ");
  return `${verdi.n < 0n ? "−" : ""}${grupper}${brok ? `,${brok}` : ""}`;
}

/** Teksten med verdiene på plassene sine, i rekkefølge. */
export function utfylt(tekst, ...verdier) {
  let neste = 0;
  return tekst.replace(/\{[^{}]*\}/g, (plass) => {
    if (neste >= verdier.length) return plass;
    const { verdi, enhet, teller, nevner } = verdier[neste];
    neste += 1;
    return vist(verdi, enhet, teller, nevner);
  });
}

// ---- leddene som genererte forklaringer er laget av

const svarene = (deler) => deler.map((del) => del.svar);

export const alle_ledd = (tekst, ...deler) => new Ledd({ tekst, svar: alle(...svarene(deler)), deler });
export const minst_ledd = (antall, tekst, ...deler) =>
  new Ledd({ tekst, svar: minst(antall, ...svarene(deler)), deler });
export const ikke_ledd = (tekst, ...deler) => new Ledd({ tekst, svar: ikke(minst(1, ...svarene(deler))), deler });

/** Leddene for elementene i en liste; av koder bare når svaret er uavklart. */
export const elementledd = (svar, liste, ledd, vis = true) =>
  erMangler(liste) || !(vis || svar === null) ? [] : [...liste].map((en) => ledd(en));

export const ledd_av = (verdi, ledd) => (erMangler(verdi) ? [] : [ledd(verdi)]);
export const taus = (ledd) => ledd.med({ taust: true });
export const regelledd = (tekst, vilkaar, sted, kilder) =>
  new Ledd({ tekst, svar: vilkaar.svar, deler: [vilkaar], sted, kilder });
export const bruktledd = (tekst, brukt, ...deler) => new Ledd({ tekst, svar: erMangler(brukt) ? null : true, deler });

const leddsetning = (setning) => setning.replace(" er ikke ", " ikke er ");

/** Leddet for et krav: oppfylt når det ikke gjelder, eller det det krever holder. */
export function kravledd(tekst, naar, krever, sted, kilder) {
  const kravet = krever.med({ tekst: `krever at ${leddsetning(krever.tekst)}` });
  if (naar === null) return new Ledd({ tekst, svar: kravet.svar, deler: [kravet], sted, kilder });
  const vilkaaret = naar.med({ tekst: `når ${leddsetning(naar.tekst)}` });
  if (vilkaaret.svar === false) {
    return new Ledd({ tekst, svar: true, deler: [vilkaaret], sted, kilder, gjelder: false });
  }
  const svar = minst(1, ikke(vilkaaret.svar), kravet.svar);
  return new Ledd({ tekst, svar, deler: [vilkaaret, kravet], sted, kilder });
}

/** Leddet for et begrep eller en beregning: verdien, og linjene som ble prøvd. */
export function verdiledd(tekst, verdi, enhet, teller, nevner, ...linjer) {
  const resultat = new Vist({ navn: tekst, verdi, enhet, teller, nevner });
  return new Ledd({ tekst, svar: avgjort(verdi), deler: linjer, av: [verdi], resultat, er_verdi: true });
}

/** Om en verdi er avgjort; null når den ikke er oppgitt, ukjent eller uavklart. */
export const avgjort = (verdi) =>
  verdi instanceof Uoppgitt || verdi instanceof Ukjent || verdi instanceof Uavklart ? null : true;

/** Leddene for verdilinjene, til og med den som ble brukt eller ikke kunne avgjøres. */
export function til_og_med_treff(...linjer) {
  const deler = [];
  for (const [naar, verdi] of linjer) {
    const vilkaar = naar === null ? null : naar();
    if (vilkaar !== null) deler.push(vilkaar);
    if (vilkaar !== null && vilkaar.svar === null) break;
    if (vilkaar === null || vilkaar.svar) {
      const brukt = verdi();
      deler.push(brukt);
      if (!erTom(brukt.av[0])) break;
    }
  }
  return deler;
}

/** Leddene for unntakene fra en verdi; når ingen av dem gjelder, også linjene som da ble prøvd. */
export function unntaksledd(unntak, ellers) {
  const prov = unntak.map(([tekst, naar]) => new Ledd({ tekst, svar: naar.svar, deler: [naar] }));
  if (prov.some((ledd) => ledd.svar === null)) return prov;
  const gjelder = unntak.filter(([, naar]) => naar.svar).map(([, , verdi]) => verdi());
  return [...prov, ...(gjelder.length ? gjelder : ellers())];
}

/** Leddet for en gruppering: gruppen som er oppgitt eller funnet, eller den første som er uavklart. */
export function grupperingsledd(navn, funnet, oppgitt, brukt, grupper) {
  const verdier = [new Vist({ navn, verdi: funnet })];
  if (oppgitt !== null) return new Ledd({ tekst: `${navn} er oppgitt i data`, svar: true, verdier, taust: true });
  if (!(funnet instanceof Uavklart)) return new Ledd({ tekst: `${navn} er funnet`, svar: true, verdier, taust: true });
  if (brukt !== null) {
    const av = brukt.grunner.flatMap((grunn) => grunn.felt.map((felt) => new Uoppgitt(felt)));
    return new Ledd({ tekst: `${navn} kan ikke avgjøres i regelverket som brukes`, av });
  }
  for (const ledd of grupper()) {
    if (ledd.svar === null) return new Ledd({ tekst: `${navn} kan ikke avgjøres`, deler: [ledd] });
  }
  return new Ledd({ tekst: `${navn} kan ikke avgjøres` });
}

// ---- hvorfor noe er uavklart

/** Verdiene som mangler i de uavklarte delene av et ledd. */
function* manglerUnder(ledd) {
  const uvisst = (verdi) => verdi instanceof Uoppgitt || verdi instanceof Ukjent;
  if (ledd.svar !== null) return;
  if (ledd.er_verdi && uvisst(ledd.av[0])) {
    yield ledd.av[0];
    return;
  }
  yield* ledd.av.filter(uvisst);
  for (const del of ledd.deler) yield* manglerUnder(del);
}

/** Feltene som må oppgis for å avgjøre et uavklart ledd, og grunnene til at verdier er ukjent. */
export function uavklarte(ledd) {
  const mangler = [...manglerUnder(ledd)];
  const felt = new Set(mangler.filter((en) => en instanceof Uoppgitt).map((en) => en.navn));
  return [felt, new Set(mangler.filter((en) => en instanceof Ukjent).map((en) => en.grunn))];
}

/** Hvorfor noe er uavklart, i ord. */
export function uavklartTekst(felt, grunner) {
  const navn = felt.map(lest);
  const ord = navn.length > 1 ? `${navn.slice(0, -1).join(", ")} og ${navn.at(-1)}` : (navn[0] ?? "");
  const deler = [...(ord ? [`${ord} er ikke oppgitt`] : []), ...grunner];
  return deler.join("; ") || "kan ikke avgjøres";
}

// ---- forklaringen som helhet

const MERKE = new Map([[true, "✓"], [false, "✗"], [null, "?"]]);

/** Grunnene som tekst; den samme grunnen til flere beregninger står én gang, med navnene på dem. */
export function samledeGrunner(svar) {
  const vedTekst = new Map();
  for (const { id, tekst } of svar.grunner) vedTekst.set(tekst, [...(vedTekst.get(tekst) ?? []), lest(id)]);
  const beregnes = svar.status === "kan ikke beregnes";
  return [...vedTekst].map(([tekst, navn]) => (beregnes ? `${tekst} (${navn.join(", ")})` : tekst));
}

/** Verdiene som gjør at et krav ikke gjelder. */
function hvorfor(ledd) {
  return [...new Set([...ledd.verdier.map((en) => en.tekst), ...ledd.deler.map(hvorfor).filter(Boolean)])].join("; ");
}

/**
 * Et ledd slik det vises: merket, teksten, verdiene, og det som står under; null når det ikke vises.
 *
 * Et begrep som er forklart før, forklares ikke igjen.
 */
export function leddtre(ledd, forklart = new Set()) {
  if (ledd.taust && ledd.svar !== null) return null;
  if (!ledd.gjelder) {
    return { merke: "–", svar: ledd.svar, tekst: `${ledd.tekst}: gjelder ikke her`, verdier: hvorfor(ledd), under: [], sted: "", kilder: [] };
  }
  const { svar, resultat } = ledd;
  const verdier = ledd.verdier.length ? ledd.verdier.map((en) => en.tekst).join("; ") : null;
  const tekst = resultat === null ? ledd.tekst : resultat.tekst;
  const vises = { merke: resultat === null ? MERKE.get(svar) : "=", svar, tekst, verdier, under: [], sted: "", kilder: [] };
  if (resultat !== null) {
    if (forklart.has(tekst)) return vises;
    forklart.add(tekst);
  }
  const under = ledd.deler.map((del) => leddtre(del, forklart)).filter((del) => del !== null);
  return { ...vises, under, sted: ledd.sted, kilder: ledd.kilder };
}

/** Linjene for et ledd og leddene under det. */
function* treLinjer(tre, nivaa = 0) {
  const innrykk = "  ".repeat(nivaa);
  yield `${innrykk}${tre.merke} ${tre.tekst}${tre.verdier === null ? "" : `   [${tre.verdier}]`}`;
  for (const del of tre.under) yield* treLinjer(del, nivaa + 1);
  if (tre.sted) yield `${innrykk}  står i ${tre.sted}${tre.kilder.length ? ` · ${tre.kilder.join("; ")}` : ""}`;
}

/** Leddene som gjelder, slik de vises, og kravene som ikke gjør det, med verdiene som er grunnen. */
export function forklart(deler) {
  const sett = new Set();
  const gjelder = deler.filter((ledd) => ledd.gjelder).map((ledd) => leddtre(ledd, sett));
  const utenfor = deler.filter((ledd) => !ledd.gjelder).map((ledd) => ({ tekst: ledd.tekst, verdier: hvorfor(ledd) }));
  return { gjelder, utenfor };
}

/** Forklaringen som tekst. */
export function forklaringstekst(hode, svar, deler) {
  const linjer = [hode, "", `Status: ${svar.status}`];
  if (svar.valgte.length > 1) linjer.push(`Grupper: ${svar.valgte.map((valgt) => valgt.gruppe).join(", ")}`);
  else if (svar.gruppe !== null) {
    linjer.push(`Gruppe: ${svar.gruppe}${svar.gruppe_oppgitt ? " (gruppe oppgitt i data)" : ""}`);
  }
  linjer.push(...samledeGrunner(svar).map((grunn) => `Fordi: ${grunn}`));
  linjer.push(...svar.varsler.map((varsel) => `Varsel: ${varsel.tekst}`));
  for (const [id, aar] of svar.sist_bekreftet) linjer.push(`Sist bekreftet ${aar}: ${lest(id)}`);
  const { gjelder, utenfor } = forklart(deler);
  for (const tre of gjelder) linjer.push("", ...(tre === null ? [] : treLinjer(tre)));
  if (utenfor.length) {
    linjer.push("", "Krav som ikke gjelder her, fordi vilkåret etter «når» ikke holder:");
    linjer.push(...utenfor.map(({ tekst, verdier }) => `  ${tekst}   [${verdier}]`));
  }
  return `${linjer.join("\n")}\n`;
}
