/** Tekst slik Python leser og ordner den: tegn for tegn etter kodepunkt, med Pythons mellomrom og sifre. */

const ROM = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const YTTERST = new RegExp(`^[${ROM}]+|[${ROM}]+$`, "g");
const BAKERST = new RegExp(`[${ROM}]+$`);
const MELLOM = new RegExp(`[${ROM}]+`, "g");
const MELLOM_ELLER_KOMMA = new RegExp(`[${ROM},]+`, "g");

/** Teksten uten mellomrom foran og bak. */
export const trimmet = (tekst) => tekst.replace(YTTERST, "");

/** Teksten uten mellomrom bak. */
export const trimmetBak = (tekst) => tekst.replace(BAKERST, "");

/** Ordene i en tekst. */
export const ordene = (tekst) => trimmet(tekst).split(MELLOM).filter(Boolean);

/** Delene av en tekst, skilt av mellomrom eller komma. */
export const deltVedKomma = (tekst) => tekst.split(MELLOM_ELLER_KOMMA);

/** Faste mellomrom som vanlige. */
export const medVanligeRom = (tekst) => tekst.replace(/[\u00a0\u202f\u2009]/g, " ");

/** Sifre fra andre skrifter som 0–9. */
export function medVanligeSifre(tekst) {
  return tekst.replace(/\p{Nd}/gu, (siffer) => String(sifferverdi(siffer.codePointAt(0))));
}

/** Sifrene i Unicode står ti og ti i rekkefølge, fra 0. */
function sifferverdi(punkt) {
  let start = punkt;
  while (/\p{Nd}/u.test(String.fromCodePoint(start - 1))) start -= 1;
  return (punkt - start) % 10;
}

/** Om en tekst kommer før, på samme plass som eller etter en annen, etter kodepunkt. */
export function rekkefolge(a, b) {
  if (a === b) return 0;
  const [tegnA, tegnB] = [Array.from(a), Array.from(b)];
  for (let plass = 0; plass < tegnA.length && plass < tegnB.length; plass += 1) {
    const forskjell = tegnA[plass].codePointAt(0) - tegnB[plass].codePointAt(0);
    if (forskjell) return forskjell;
  }
  return tegnA.length - tegnB.length;
}

/** Tekster i rekkefølge. */
export const ordnet = (tekster) => [...tekster].sort(rekkefolge);

/** De første tegnene i en tekst. */
export function foerste(tekst, antall) {
  return /[\ud800-\udfff]/.test(tekst) ? Array.from(tekst).slice(0, antall).join("") : tekst.slice(0, antall);
}

/** Hvor mange tegn en tekst har. */
export const lengde = (tekst) => Array.from(tekst).length;

/** Navnet slik det leses: mellomrom for understrek. */
export const lest = (navn) => navn.replaceAll("_", " ");

/** En verdi fra data som tekst, slik Python skriver den. */
export function somTekst(verdi) {
  if (typeof verdi === "string") return verdi;
  if (verdi === true) return "True";
  if (verdi === false) return "False";
  if (verdi === null || verdi === undefined) return "None";
  if (Array.isArray(verdi)) return `[${verdi.map(sitert).join(", ")}]`;
  if (typeof verdi !== "object") return String(verdi);
  return `{${Object.entries(verdi).map(([navn, del]) => `${sitert(navn)}: ${sitert(del)}`).join(", ")}}`;
}

function sitert(verdi) {
  if (typeof verdi !== "string") return somTekst(verdi);
  const tegn = verdi.includes("'") && !verdi.includes('"') ? '"' : "'";
  const skrevet = verdi.replace(/[\\\n\r\t]/g, (ett) => ({ "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" })[ett]);
  return tegn + (tegn === "'" ? skrevet.replaceAll("'", "\\'") : skrevet) + tegn;
}
