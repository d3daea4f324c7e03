/** Svaret på siden: status, gruppe, beløp, grunner med lenker til reglene, og forklaringen som en liste. */

import { lag, stor } from "./dom.js";
import { forklart, tallet } from "./forklaring.js";
import { Tall } from "./tall.js";
import { lest, ordnet } from "./tekst.js";

const BETYR = {
  gruppert: "Svaret er fullstendig.",
  "inngår ikke": "Et krav er ikke oppfylt.",
  uavklart: "Opplysningene rekker ikke til å avgjøre det.",
  "kan ikke beregnes": "Svaret er funnet, men noe av det kan ikke beregnes.",
  "ikke i utdraget": "Regelverket er et utdrag, og har ingen regel for dette.",
  "feil i data": "Noe som er fylt ut, kan ikke leses.",
};
const ORD = new Map([[true, "inngår"], [false, "inngår ikke"], [null, "uavklart"]]);
const ORD_FOR_MERKE = { "✓": "oppfylt", "✗": "ikke oppfylt", "?": "uavklart", "–": "gjelder ikke", "=": "regnet ut" };
const DESIMALER = 6;

/** Et tall slik det vises; svært mange desimaler blir avrundet, og det sies. */
function vistTall(verdi) {
  const trinn = new Tall(1n, DESIMALER);
  const kort = verdi.avrundet(trinn, "halv");
  return kort.mot(verdi) === 0 ? tallet(verdi) : `omtrent ${tallet(kort)}`;
}

/** Det som lager svaret på siden, med navnene og adressene i regelåret. */
export function visning({ navn, steder }) {
  /** Navnet på en regel, med lenke dit den står. */
  function regel(id) {
    const { navn: tekst = lest(id), adresse } = navn[id] ?? {};
    return adresse ? lag("a", { href: adresse }, tekst) : tekst;
  }

  function verdi(id, funnet) {
    if (funnet === null) return "–";
    if (funnet instanceof Tall) return `${vistTall(funnet)} ${navn[id]?.enhet ?? ""}`.trim();
    if (typeof funnet === "boolean") return funnet ? "ja" : "nei";
    if (funnet instanceof Set) return ordnet(funnet).join(", ") || "ingen";
    return Array.isArray(funnet) ? funnet.join(", ") || "ingen" : String(funnet);
  }

  function verditabell(verdier, overskrift, grunner) {
    if (!verdier.size) return null;
    const uten = (id) => (grunner.some((en) => en.id === id) ? "kan ikke beregnes" : "gjelder ikke her");
    const vises = (id, en) => (en === null ? uten(id) : verdi(id, en));
    const rader = [...verdier].map(([id, en]) => lag("tr", {}, lag("th", { scope: "row" }, regel(id)), lag("td", {}, vises(id, en))));
    return lag("table", { class: "prov-verdier" }, lag("caption", {}, overskrift), lag("tbody", {}, rader));
  }

  /** En grunn eller et varsel, med lenke til regelen når den har en. */
  function grunn({ id, tekst }) {
    return lag("li", {}, stor(tekst), navn[id] ? [" (", regel(id), ")"] : "");
  }

  function grunner(overskrift, liste) {
    return liste.length ? [lag("h3", {}, overskrift), lag("ul", {}, liste.map(grunn))] : [];
  }

  /** Svarene på linjene i en liste; `gitt` er linjene slik de er fylt ut, og den første teksten sier hvilken det er. */
  function linjesvar([felt, linjer], gitt) {
    if (!linjer.length) return [];
    const ids = [...new Set(linjer.flatMap((linje) => [...linje.verdier.keys()]))];
    const hode = ["Nr.", "Svar", "Hvorfor", ...ids.map(regel)].map((en) => lag("th", { scope: "col" }, en));
    const rad = (linje, plass) => {
      const celler = ids.map((id) => lag("td", {}, linje.verdier.has(id) ? verdi(id, linje.verdier.get(id)) : "–"));
      const hvorfor = [...linje.grunner, ...linje.varsler].map(grunn);
      const hvilken = Object.values(gitt?.[plass] ?? {}).find((en) => typeof en === "string");
      const nummer = lag("th", { scope: "row" }, hvilken ? `${plass + 1}: ${hvilken}` : String(plass + 1));
      const svar = lag("td", {}, lag("strong", {}, stor(ORD.get(linje.inngaar))));
      return lag("tr", {}, nummer, svar, lag("td", {}, hvorfor.length ? lag("ul", {}, hvorfor) : "–"), celler);
    };
    return [
      lag("h3", {}, `Svar på ${lest(felt)}`),
      lag("div", { class: "prov-rull", tabindex: "0", role: "group", "aria-label": `Svar på ${lest(felt)}` },
        lag("table", { class: "prov-linjer" }, lag("thead", {}, lag("tr", {}, hode)), lag("tbody", {}, linjer.map(rad)))),
    ];
  }

  // ---- forklaringen

  /** Et ledd; det som står under, er brettet sammen der det er mye, og åpent der det avgjør. */
  function ledd(tre, nivaa = 0) {
    const { merke, svar, tekst, verdier, under, sted } = tre;
    const hode = [
      lag("span", { class: "prov-merke", role: "img", "aria-label": ORD_FOR_MERKE[merke] }, merke),
      ` ${tekst}`,
      verdier ? lag("span", { class: "prov-grunnlag" }, ` [${verdier}]`) : "",
    ];
    const lenke = steder[sted] ? [" ", lag("a", { href: steder[sted], "aria-label": `Regelen: ${tekst}` }, "regelen")] : [];
    if (!under.length) return lag("li", {}, hode, lenke);
    const deler = lag("ul", {}, under.map((en) => ledd(en, nivaa + 1)));
    if (nivaa) return lag("li", {}, hode, lenke, deler);
    return lag("li", {}, lag("details", { open: merke === "=" || svar !== true }, lag("summary", {}, hode), lenke, deler));
  }

  /** Forklaringen, steg for steg. */
  function forklaring(deler) {
    const { gjelder, utenfor } = forklart(deler);
    const vises = gjelder.filter((tre) => tre !== null);
    if (!vises.length && !utenfor.length) return [];
    const krav = utenfor.map(({ tekst, verdier }) => lag("li", {}, tekst, lag("span", { class: "prov-grunnlag" }, ` [${verdier}]`)));
    const ikkeHer = lag("details", {}, lag("summary", {}, `Krav som ikke gjelder her (${krav.length})`), lag("ul", {}, krav));
    const merker = "✓ oppfylt, ✗ ikke oppfylt, ? uavklart, = regnet ut, – gjelder ikke";
    return [
      lag("h2", {}, "Forklaringen"),
      lag("p", { class: "prov-hjelp", "aria-hidden": "true" }, merker),
      lag("ul", {}, vises.map((en) => ledd(en)), krav.length ? lag("li", {}, ikkeHer) : null),
    ];
  }

  // ---- helheten

  /** Det viktigste i én setning, til den som hører siden. */
  function kort(svar) {
    const deler = [stor(svar.status)];
    if (svar.gruppe !== null) deler.push(svar.valgte.length > 1 ? svar.valgte.map((en) => en.gruppe).join(", ") : svar.gruppe);
    for (const [id, en] of svar.verdier) {
      if (en instanceof Tall && navn[id]?.enhet === "kr") deler.push(`${navn[id].navn.toLowerCase()}: ${verdi(id, en)}`);
    }
    const [foerste] = svar.grunner;
    return `${deler.join(". ")}.${foerste ? ` ${stor(foerste.tekst)}.` : ""}`;
  }

  function grupper(svar) {
    const ids = svar.valgte.length ? svar.valgte.map((en) => en.gruppe) : svar.gruppe === null ? [] : [svar.gruppe];
    if (!ids.length) return null;
    const oppgitt = svar.gruppe_oppgitt ? " (oppgitt i data)" : "";
    return lag("p", { class: "prov-gruppe" }, ids.flatMap((id, plass) => [plass ? ", " : "", regel(id)]), oppgitt);
  }

  function mulige(svar) {
    if (!svar.mulige.length) return null;
    const [flest, resten] = [svar.mulige.slice(0, 20), svar.mulige.length - 20];
    const liste = flest.flatMap((id, plass) => [plass ? ", " : "", regel(id)]);
    return lag("p", {}, "Mulige grupper: ", liste, resten > 0 ? ` og ${resten} til` : "");
  }

  function bekreftet(svar) {
    if (!svar.sist_bekreftet.size) return null;
    const deler = [...svar.sist_bekreftet].flatMap(([id, aar], plass) => [plass ? ", " : "", regel(id), ` (${aar})`]);
    return lag("p", { class: "prov-hjelp" }, "Sist bekreftet av kildene: ", deler);
  }

  /** Svaret som elementer; `gitt` er det som er fylt ut. */
  function vis(svar, gitt) {
    const brukt = svar.brukt === null ? new Map() : svar.brukt.verdier;
    return [
      lag("p", { class: `prov-status prov-status-${svar.status.replaceAll(" ", "-")}` }, lag("strong", {}, stor(svar.status)), ` – ${BETYR[svar.status]}`),
      grupper(svar),
      verditabell(new Map([...brukt, ...svar.verdier]), "Beregnet", svar.grunner),
      ...grunner(svar.grunner.length > 1 ? "Grunner" : "Grunn", svar.grunner),
      ...grunner(svar.varsler.length > 1 ? "Varsler" : "Varsel", svar.varsler),
      mulige(svar),
      ...[...svar.lister].flatMap((liste) => linjesvar(liste, gitt[liste[0]])),
      bekreftet(svar),
    ].filter((en) => en !== null);
  }

  return { vis, kort, forklaring };
}

