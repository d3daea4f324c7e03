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
    if (funnet === null) return "gjelder ikke, eller kan ikke beregnes";
    if (funnet instanceof Tall) return `${vistTall(funnet)} ${navn[id]?.enhet ?? ""}`.trim();
    if (typeof funnet === "boolean") return funnet ? "ja" : "nei";
    if (funnet instanceof Set) return ordnet(funnet).join(", ") || "ingen";
    return Array.isArray(funnet) ? funnet.join(", ") || "ingen" : String(funnet);
  }

  function verditabell(verdier, overskrift) {
    if (!verdier.size) return null;
    const rader = [...verdier].map(([id, en]) => lag("tr", {}, lag("th", { scope: "row" }, regel(id)), lag("td", {}, verdi(id, en))));
    return lag("table", { class: "prov-verdier" }, lag("caption", {}, overskrift), lag("tbody", {}, rader));
  }

  /** En grunn eller et varsel, med lenke til regelen når den har en. */
  function grunn({ id, tekst }) {
    return lag("li", {}, stor(tekst), navn[id] ? [" (", regel(id), ")"] : "");
  }

  function grunner(overskrift, liste) {
    return liste.length ? [lag("h3", {}, overskrift), lag("ul", {}, liste.map(grunn))] : [];
  }

  function linjesvar([felt, linjer]) {
    if (!linjer.length) return [];
    const ids = [...new Set(linjer.flatMap((linje) => [...linje.verdier.keys()]))];
    const hode = ["Nr.", "Svar", ...ids.map(regel), "Hvorfor"].map((en) => lag("th", { scope: "col" }, en));
    const rad = (linje, plass) => {
      const celler = ids.map((id) => lag("td", {}, linje.verdier.has(id) ? verdi(id, linje.verdier.get(id)) : "–"));
      const hvorfor = [...linje.grunner, ...linje.varsler].map(grunn);
      const nummer = lag("th", { scope: "row" }, String(plass + 1));
      const svar = lag("td", {}, lag("strong", {}, stor(ORD.get(linje.inngaar))));
      return lag("tr", {}, nummer, svar, celler, lag("td", {}, hvorfor.length ? lag("ul", {}, hvorfor) : "–"));
    };
    return [
      lag("h3", {}, `Svar på ${lest(felt)}`),
      lag("div", { class: "prov-rull", tabindex: "0", role: "group", "aria-label": `Svar på ${lest(felt)}` },
        lag("table", { class: "prov-linjer" }, lag("thead", {}, lag("tr", {}, hode)), lag("tbody", {}, linjer.map(rad)))),
    ];
  }

  // ---- forklaringen

  function ledd(tre) {
    const { merke, svar, tekst, verdier, under, sted } = tre;
    const ord = { "✓": "oppfylt", "✗": "ikke oppfylt", "?": "uavklart", "–": "gjelder ikke", "=": "er" }[merke];
    const adresse = steder[sted];
    const hode = [
      lag("span", { class: `prov-merke prov-merke-${svar}`, role: "img", "aria-label": ord }, merke),
      ` ${tekst}`,
      verdier ? lag("span", { class: "prov-grunnlag" }, ` [${verdier}]`) : "",
      adresse ? [" ", lag("a", { href: adresse, "aria-label": `Regelen: ${tekst}` }, "regelen")] : "",
    ];
    return lag("li", {}, hode, under.length ? lag("ul", {}, under.map(ledd)) : "");
  }

  function forklaring(deler) {
    const { gjelder, utenfor } = forklart(deler);
    const vises = gjelder.filter((tre) => tre !== null);
    if (!vises.length && !utenfor.length) return null;
    const krav = utenfor.map(({ tekst, verdier }) => lag("li", {}, tekst, lag("span", { class: "prov-grunnlag" }, ` [${verdier}]`)));
    return lag(
      "details",
      { class: "prov-forklaring", open: true },
      lag("summary", {}, "Forklaringen, steg for steg"),
      lag("ul", {}, vises.map(ledd)),
      krav.length ? lag("details", {}, lag("summary", {}, `Krav som ikke gjelder her (${krav.length})`), lag("ul", {}, krav)) : null,
    );
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

  /** Svaret som elementer; `deler` er leddene som forklarer det. */
  function vis({ svar, deler }) {
    const brukt = svar.brukt === null ? new Map() : svar.brukt.verdier;
    return [
      lag("p", { class: `prov-status prov-status-${svar.status.replaceAll(" ", "-").replaceAll("å", "aa")}` }, lag("strong", {}, stor(svar.status)), ` – ${BETYR[svar.status]}`),
      grupper(svar),
      verditabell(new Map([...brukt, ...svar.verdier]), "Beregnet"),
      ...grunner(svar.grunner.length > 1 ? "Grunner" : "Grunn", svar.grunner),
      ...grunner(svar.varsler.length > 1 ? "Varsler" : "Varsel", svar.varsler),
      mulige(svar),
      ...[...svar.lister].flatMap(linjesvar),
      bekreftet(svar),
      forklaring(deler),
    ].filter((en) => en !== null);
  }

  return { vis, kort };
}

