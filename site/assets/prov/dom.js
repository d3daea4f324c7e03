/** Elementer på siden. Tekst blir alltid tekst: ingenting her leser HTML. */

/** Et element med attributter og innhold; et attributt som er null eller false, er ikke der. */
export function lag(navn, attributter = {}, ...innhold) {
  const element = document.createElement(navn);
  for (const [attributt, verdi] of Object.entries(attributter)) {
    if (attributt.startsWith("on")) element.addEventListener(attributt.slice(2), verdi);
    else if (verdi !== null && verdi !== false) element.setAttribute(attributt, verdi === true ? "" : verdi);
  }
  element.append(...innhold.flat().filter((del) => del !== null && del !== ""));
  return element;
}

let antall = 0;

/** En id som ingen andre har. */
export function nyId() {
  antall += 1;
  return `prov-${antall}`;
}

/** Teksten med stor bokstav først. */
export const stor = (tekst) => tekst.charAt(0).toUpperCase() + tekst.slice(1);
