// Svarer på tilfeller, ett per linje inn og ett per linje ut, med reglene i modulene som er nevnt i dem.
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const [prov] = process.argv.slice(2);
const hent = (navn) => import(pathToFileURL(`${prov}/${navn}.js`));
const [kjoring, { Tall }, { Dato, Tidspunkt }] = await Promise.all([hent("kjoring"), hent("tall"), hent("tid")]);

function somJson(verdi) {
  if (verdi instanceof Tall) return { tall: String(verdi) };
  if (verdi instanceof Dato) return { dato: String(verdi) };
  if (verdi instanceof Tidspunkt) return { tidspunkt: String(verdi) };
  if (verdi instanceof Set) return { mengde: [...verdi].sort() };
  if (verdi instanceof Map) return [...verdi].map(([navn, en]) => [navn, somJson(en)]);
  if (Array.isArray(verdi)) return verdi.map(somJson);
  if (verdi === null || typeof verdi !== "object") return verdi;
  return Object.fromEntries(Object.entries(verdi).map(([navn, en]) => [navn, somJson(en)]));
}

// Bruker en modul noe som kjøringen ikke har, skal det vises med en gang, og ikke først i en sjelden sak.
const streng = new Proxy(kjoring, {
  get(alt, navn) {
    if (!(navn in alt)) throw new Error(`kjøringen har ikke «${String(navn)}»`);
    return alt[navn];
  },
});
const moduler = new Map();

async function reglene(modul, opplysninger) {
  if (!moduler.has(modul)) {
    const { default: regelverk } = await import(pathToFileURL(modul));
    moduler.set(modul, regelverk(streng).REGLER);
  }
  return moduler.get(modul).get(opplysninger);
}

for await (const linje of createInterface({ input: process.stdin })) {
  const { modul, opplysninger, gitt, forklares, hode } = JSON.parse(linje);
  try {
    const regler = await reglene(modul, opplysninger);
    const [svar] = kjoring.vurder(regler, gitt);
    const forklaring = forklares ? kjoring.forklar(regler, gitt, hode) : null;
    console.log(JSON.stringify({ svar: somJson(svar), forklaring }));
  } catch (feil) {
    console.log(JSON.stringify({ svar: String(feil.stack), forklaring: null }));
  }
}
