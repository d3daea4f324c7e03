// Filene som søket leser. De ligger i mappen oppslag, og hver av dem hentes høyst én gang.
const hentet = new Map();

export function fil(rot, navn) {
  const adresse = new URL(`oppslag/${navn}`, rot).href;
  if (!hentet.has(adresse)) hentet.set(adresse, hent(adresse));
  return hentet.get(adresse);
}

async function hent(adresse) {
  try {
    const svar = await fetch(adresse);
    if (!svar.ok) throw new Error(`${adresse}: ${svar.status}`);
    return await svar.json();
  } catch (feil) {
    hentet.delete(adresse);
    throw feil;
  }
}

// «Særkode», «saerkode» og «SÆRKODE» er samme ord; «måned», «maaned» og «maned» også.
export function foldet(ord) {
  const bytte = { æ: "ae", ø: "o", å: "a" };
  const enkel = ord.toLowerCase().replace(/[æøå]/g, (tegn) => bytte[tegn]);
  return enkel.normalize("NFKD").replace(/[^\x00-\x7f]/g, "").replaceAll("aa", "a").replaceAll("oe", "o");
}

// Endelsene som kan skille to former av det samme ordet.
const ENDELSER = new Set(["", ..."e r n t s a er en et es ne te re ene ens ets ere est ers".split(" ")]);

// Det ordet i en liste som ligner mest: det som begynner med ordet, ellers det som bare har en annen endelse.
// Av to som er like når de er foldet, er det ene et navn i data («saerkode»), og ordet er det som er skrevet på norsk.
export function likest(ord, liste) {
  const sokt = foldet(ord);
  let best = null;
  for (const ett of liste) {
    const funnet = foldet(ett);
    let like = 0;
    while (like < sokt.length && sokt[like] === funnet[like]) like += 1;
    const lengre = funnet.length - like;
    if (like < sokt.length && !(like > 2 && ENDELSER.has(sokt.slice(like)) && ENDELSER.has(funnet.slice(like)))) continue;
    const norsk = /[æøå]/.test(ett);
    const bedre = best && (like - best.like || best.lengre - lengre || norsk - best.norsk);
    if (!best || bedre > 0) best = { ord: ett, like, lengre, norsk };
  }
  return best;
}
