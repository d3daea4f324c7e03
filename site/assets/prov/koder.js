/** Forslag til koder mens de skrives, etter koden og etter det den heter. */

const FLEST = 40;

const forenklet = (tekst) => tekst.toLowerCase().replaceAll(/[\s.]/g, "");

/** Kodene som begynner med teksten, og så de som heter noe med den. */
export function forslag(kodene, tekst) {
  const [kode, ord] = [forenklet(tekst), tekst.trim().toLowerCase()];
  const begynner = kodene.filter(([en]) => forenklet(en).startsWith(kode));
  if (begynner.length >= FLEST || !ord) return begynner.slice(0, FLEST);
  const heter = kodene.filter(([en, navn]) => navn.toLowerCase().includes(ord) && !forenklet(en).startsWith(kode));
  return [...begynner, ...heter].slice(0, FLEST);
}

/** Det koden heter; ingenting når den ikke er kjent. */
export function navnPaa(kodene, tekst) {
  const kode = forenklet(tekst);
  return (kode && kodene.find(([en]) => forenklet(en) === kode)?.[1]) || "";
}
