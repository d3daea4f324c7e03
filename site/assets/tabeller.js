// Tabeller kan ordnes etter en kolonne, og lange kan filtreres. Uten JavaScript er de som de står.
// En tabell som bare er vist i utdrag, har en lenke til alle radene som CSV; de hentes først når noen leter i dem.
(() => {
  const LANG = 15; // så mange rader før det er noe å filtrere
  const ORDNES = 5; // så mange rader før det er noe å ordne
  const VISES = 500; // så mange treff vises om gangen

  const enkel = (tekst) => tekst.replace(/\s+/g, " ").trim().toLowerCase();

  // «1 234,5 kr», «−12,3 %» og «+2» er tall, «ja» og «DRG 12A» er ikke.
  const tall = (tekst) => {
    const funnet = /^[+−-]?\d[\d\s]*(,\d+)?(?![\w.–-])/.exec(tekst);
    return funnet ? Number(funnet[0].replace(/\s/g, "").replace("−", "-").replace("+", "").replace(",", ".")) : null;
  };

  // Rekkefølgen av to celler; det som ikke er tall, står sist blant tall begge veier.
  const ulike = (a, b, fortegn) => {
    const [x, y] = [tall(a), tall(b)];
    if ((x === null) !== (y === null)) return x === null ? 1 : -1;
    if (x !== null && x !== y) return fortegn * (x - y);
    return fortegn * a.localeCompare(b, "nb", { numeric: true });
  };

  // Semikolon mellom cellene, anførselstegn om dem som trenger det.
  const lesCsv = (tekst) => {
    const rader = [[""]];
    for (const [, sitert, ren, skille] of tekst.matchAll(/(?:"((?:[^"]|"")*)"|([^";\n]*))(;|\n|$)/g)) {
      const rad = rader[rader.length - 1];
      rad[rad.length - 1] = sitert === undefined ? ren : sitert.replaceAll('""', '"');
      if (skille === ";") rad.push("");
      else if (skille === "\n") rader.push([""]);
      else break;
    }
    if (rader[rader.length - 1].join("") === "") rader.pop();
    return rader;
  };

  // Plassen i filen til hver kolonne i tabellen; null når de ikke svarer til hverandre.
  const kolonnene = (hoder, navn) => {
    const rene = navn.map((ett) => enkel(ett.replaceAll("_", " ")));
    const plasser = hoder.map((hode) => rene.findIndex((ett) => hode === ett || hode.startsWith(`${ett} (`)));
    return plasser.includes(-1) ? null : plasser;
  };

  class Tabell {
    constructor(tabell, nummer) {
      this.tabell = tabell;
      this.nummer = nummer;
      this.kropp = tabell.tBodies[0];
      this.hoder = [...tabell.tHead.rows[0].cells];
      this.rader = [...this.kropp.rows].map((rad) => ({ rad, celler: [...rad.cells].map((celle) => celle.textContent.trim()) }));
      this.vist = [...this.rader];
      this.ordnet = null;
      const over = tabell.closest(".tabell")?.previousElementSibling;
      this.fil = over?.querySelector('a[href$=".csv"]')?.href ?? null;
      if (this.rader.length >= ORDNES) this.hoder.forEach((hode, plass) => this.lagKnapp(hode, plass));
      if (this.fil || this.rader.length >= LANG) this.lagFilter();
    }

    lagKnapp(hode, plass) {
      if (!hode.textContent.trim()) return;
      const knapp = document.createElement("button");
      knapp.type = "button";
      knapp.className = "ordne";
      knapp.title = "Ordne etter kolonnen";
      knapp.append(...hode.childNodes);
      hode.append(knapp);
      knapp.addEventListener("click", () => this.ordne(plass));
    }

    lagFilter() {
      const felt = document.createElement("div");
      felt.className = "filter";
      const etikett = document.createElement("label");
      etikett.htmlFor = `filter-${this.nummer}`;
      etikett.textContent = "Filtrer radene";
      this.inn = document.createElement("input");
      this.inn.type = "search";
      this.inn.id = etikett.htmlFor;
      this.inn.autocomplete = "off";
      this.melding = document.createElement("p");
      this.melding.setAttribute("role", "status");
      felt.append(etikett, this.inn, this.melding);
      (this.tabell.closest(".tabell") ?? this.tabell.closest(".md-typeset__scrollwrap") ?? this.tabell).before(felt);
      let venter;
      this.inn.addEventListener("input", () => {
        clearTimeout(venter);
        venter = setTimeout(() => this.filtrer(), 150);
      });
    }

    // Alle radene: de som står på siden beholder lenkene sine, resten er tekst fra filen.
    async hentAlle() {
      const fil = this.fil;
      this.fil = null;
      if (!fil) return;
      this.melding.textContent = "Henter alle radene …";
      try {
        const svar = await fetch(fil);
        if (!svar.ok) throw new Error(String(svar.status));
        const [navn, ...alle] = lesCsv(await svar.text());
        const plasser = kolonnene(this.hoder.map((hode) => enkel(hode.textContent)), navn);
        if (!plasser) throw new Error("kolonnene er ikke de samme");
        const nye = alle.slice(this.rader.length).map((rad) => ({ rad: null, celler: plasser.map((plass) => rad[plass] ?? "") }));
        this.rader.push(...nye);
      } catch {
        this.delvis = true;
      }
    }

    somRad(en) {
      if (en.rad) return en.rad;
      en.rad = document.createElement("tr");
      const forste = this.kropp.rows[0] ?? this.rader[0].rad;
      en.celler.forEach((tekst, plass) => {
        const lik = forste.cells[plass];
        const celle = document.createElement(lik?.tagName === "TH" ? "th" : "td");
        if (celle.tagName === "TH") celle.scope = "row";
        if (lik?.className) celle.className = lik.className;
        celle.textContent = tekst;
        en.rad.append(celle);
      });
      return en.rad;
    }

    async filtrer() {
      await this.hentAlle();
      const ord = enkel(this.inn.value).split(" ").filter(Boolean);
      this.vist = this.rader.filter(({ celler }) => {
        const tekst = enkel(celler.join(" "));
        return ord.every((ett) => tekst.includes(ett));
      });
      this.tegn();
      const antall = this.vist.length.toLocaleString("nb");
      const alle = this.rader.length.toLocaleString("nb");
      const forst = this.vist.length > VISES ? ` Her er de første ${VISES}.` : "";
      const delvis = this.delvis ? " Filen med alle radene kunne ikke hentes." : "";
      this.melding.textContent = `${antall} av ${alle} rader.${forst}${delvis}`;
    }

    async ordne(plass) {
      const ned = this.ordnet === plass && this.hoder[plass].getAttribute("aria-sort") === "ascending";
      this.ordnet = plass;
      if (this.fil) await this.filtrer();
      for (const hode of this.hoder) hode.removeAttribute("aria-sort");
      this.hoder[plass].setAttribute("aria-sort", ned ? "descending" : "ascending");
      const fortegn = ned ? -1 : 1;
      for (const rader of [this.rader, this.vist]) {
        rader.sort((a, b) => ulike(a.celler[plass] ?? "", b.celler[plass] ?? "", fortegn));
      }
      this.tegn();
    }

    tegn() {
      this.kropp.replaceChildren(...this.vist.slice(0, VISES).map((en) => this.somRad(en)));
    }
  }

  const rolige = ".forlop-tabeller, .side-om-side, .regel-eksempel, .historikk-boks, .endring"; // tabeller som leses som de står
  const tabeller = document.querySelectorAll(`article table:not(:is(${rolige}) table)`);
  // Det som er foldet bort når siden åpnes, får rammene sine målt når det brettes ut.
  document.addEventListener("toggle", () => window.dispatchEvent(new Event("resize")), true);
  [...tabeller].filter((en) => en.tHead?.rows.length === 1 && en.tBodies.length === 1).forEach((en, nummer) => new Tabell(en, nummer));
})();
