// Treffene som HTML. Alt som kommer fra regelverket, settes inn som tekst.

export function lag(navn, egenskaper = {}, barn = []) {
  const element = document.createElement(navn);
  for (const [egenskap, verdi] of Object.entries(egenskaper)) element.setAttribute(egenskap, verdi);
  element.append(...barn);
  return element;
}

const lenke = (rot, adresse, barn, egenskaper = {}) => lag("a", { href: new URL(adresse, rot).href, ...egenskaper }, barn);

// En kode med det den betyr, og for hvert regelverk stedene som bruker den og i hvilke år.
export function visKode(rot, indeks, kode, slipp) {
  const valgte = kode.aar.filter((ett) => slipp(ett.nummer));
  const vises = valgte.length ? valgte : kode.aar;
  const felles = betydning(vises);
  const deler = [lag("h3", {}, [lag("code", {}, [kode.vist]), felles ? ` ${felles}` : ""])];
  if (kode.hvordan === "strekk") {
    deler.push(lag("p", { class: "sok-note" }, ["Regelverket nevner ikke koden selv, men den er i disse intervallene:"]));
  }
  if (!valgte.length) {
    deler.push(lag("p", { class: "sok-note" }, ["Koden er ikke i det regelverket og regelåret som er valgt, men i disse:"]));
  }
  for (const [ordning, aar] of etter(vises, (ett) => ett.ordning)) {
    deler.push(lag("h4", {}, [indeks.ordninger[ordning] ?? ordning]), visSteder(rot, indeks, samlet(aar, felles === "")));
  }
  return lag("section", { class: "sok-kode" }, deler);
}

// Det koden betyr i det nyeste året av hvert regelverk, når alle sier det samme; ellers står det ved hvert sted.
function betydning(aar) {
  const nyeste = [...etter(aar, (ett) => ett.ordning).values()].flatMap((liste) => liste.filter((ett) => ett.nummer === liste[0].nummer));
  const tekster = new Set(nyeste.map((ett) => ett.tekst).filter(Boolean));
  return tekster.size === 1 && nyeste.every((ett) => ett.tekst) ? [...tekster][0] : "";
}

function etter(liste, nokkel) {
  const grupper = new Map();
  for (const ett of liste) grupper.set(nokkel(ett), [...(grupper.get(nokkel(ett)) ?? []), ett]);
  return grupper;
}

// Stedene over flere år: hvert sted én gang, med årene det er i og det som bruker det.
function samlet(aar, medTekst) {
  const steder = new Map();
  const legg = (ett, sted, inn) => {
    const navn = `${sted.type}/${sted.navn}`;
    const fra = inn.get(navn) ?? { type: sted.type, navn: sted.navn, tekst: "", aar: [], brukere: new Map(), gjennom: new Map() };
    if (!fra.aar.some((annet) => annet.nummer === ett.nummer)) {
      fra.aar.push({ nummer: ett.nummer, vist: ett.vist, adresse: ett.adresse + sted.adresse });
    }
    for (const bruker of sted.brukere) legg(ett, bruker, fra.brukere);
    for (const bruker of sted.gjennom) legg(ett, bruker, fra.gjennom);
    inn.set(navn, fra);
  };
  for (const ett of aar) for (const sted of ett.steder) {
    legg(ett, sted, steder);
    const her = steder.get(`${sted.type}/${sted.navn}`);
    if (medTekst) her.tekst ||= ett.tekst;
  }
  return steder;
}

function visSteder(rot, indeks, steder) {
  return lag("ul", {}, [...steder.values()].map((sted) => {
    const deler = [visSted(rot, indeks, sted)];
    if (sted.brukere.size) deler.push(lag("p", { class: "sok-brukt" }, ["Brukt av"]), visSteder(rot, indeks, sted.brukere));
    if (sted.gjennom.size) {
      const hode = lag("summary", {}, [`Videre brukt av ${sted.gjennom.size}`]);
      deler.push(lag("details", {}, [hode, visSteder(rot, indeks, sted.gjennom)]));
    }
    return lag("li", {}, deler);
  }));
}

function visSted(rot, indeks, sted) {
  const [nyest, ...eldre] = sted.aar;
  const type = indeks.typer[sted.type] ?? sted.type;
  const deler = [lenke(rot, nyest.adresse, [sted.navn])];
  if (!sted.navn.toLowerCase().startsWith(`${type.toLowerCase()} `)) deler.unshift(lag("span", { class: "sok-type" }, [`${type} `]));
  if (sted.tekst) deler.push(` «${sted.tekst}»`);
  deler.push(lag("span", { class: "sok-aar" }, [` ${nyest.vist}`]));
  for (const ett of eldre) deler.push(" ", lenke(rot, ett.adresse, [ett.vist], { class: "sok-aar", "aria-label": `${sted.navn}, ${ett.vist}` }));
  return lag("span", {}, deler);
}

// En side med de beste stedene på den, og de andre regelårene som har den.
export function visTreff(rot, indeks, treff, deler) {
  const aar = treff.aar === null ? null : indeks.aar[treff.aar];
  const merke = aar ? `${aar.ordning} ${aar.vist}` : "Om nettstedet";
  const hode = lag("h3", {}, [lenke(rot, treff.adresse, [treff.tittel]), " ", lag("span", { class: "sok-merke" }, [merke])]);
  const steder = deler.map((del) => lag("div", { class: "sok-sted" }, [
    ...(del.anker && del.tittel !== treff.tittel ? [lag("p", {}, [lenke(rot, `${treff.adresse}#${del.anker}`, [del.tittel])])] : []),
    lag("p", { class: "sok-utdrag" }, utdrag(del.utdrag)),
  ]));
  const andre = treff.andre.flatMap((ett) => [" ", lenke(rot, ett.adresse, [indeks.aar[ett.aar].vist], { "aria-label": `${ett.tittel}, ${indeks.aar[ett.aar].vist}` })]);
  const ogsaa = andre.length ? [lag("p", { class: "sok-note" }, ["Også i", ...andre])] : [];
  return lag("li", {}, [hode, ...steder, ...ogsaa]);
}

// Utdraget er HTML fra Pagefind. Bare teksten og uthevingen tas med.
function utdrag(html) {
  const lest = new DOMParser().parseFromString(html, "text/html").body;
  return [...lest.childNodes].map((node) => (node.nodeName === "MARK" ? lag("mark", {}, [node.textContent]) : node.textContent ?? ""));
}
