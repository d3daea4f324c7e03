// Forhåndsvisningen: feltet over siden følger det som er lagret, og siden lastes på nytt når den er blitt en annen.
(() => {
  const ramme = document.getElementById("vis");
  const sagt = ramme.querySelector(".vis-sagt");
  const feil = ramme.querySelector(".vis-feil");
  const HUSKET = `vis:${location.pathname}`;
  let kilde;
  let ser = false;
  let igjen = false;
  let henter = false;

  // Det øverste stedet på skjermen med en adresse som er den samme neste gang: det skal stå der det sto, også når noe over
  // er blitt lengre. Temaet gir koder og annet et nummer som begynner med «__».
  const steder = () => [...document.querySelectorAll("article [id]:not([id^='__'])")];
  const foldet = () => [...document.querySelectorAll("article details")];
  const vises = (sted) => sted !== null && sted.getClientRects().length > 0;
  const topp = (sted) => sted.getBoundingClientRect().top;

  function husk() {
    const sted = steder().find((ett) => vises(ett) && topp(ett) >= ramme.offsetHeight);
    const aapne = foldet().map((ett) => ett.open);
    const husket = { id: sted?.id, over: sted && topp(sted), y: scrollY, aapne };
    sessionStorage.setItem(HUSKET, JSON.stringify(husket));
    history.scrollRestoration = "manual"; // Ellers flytter nettleseren siden en gang til, etter oss.
    henter = true;
  }

  function gjenopprett() {
    const husket = JSON.parse(sessionStorage.getItem(HUSKET));
    sessionStorage.removeItem(HUSKET);
    if (!husket) return;
    const naa = foldet();
    if (naa.length === husket.aapne.length) naa.forEach((ett, nummer) => (ett.open = husket.aapne[nummer]));
    const rull = () => {
      const sted = husket.y && husket.id ? document.getElementById(husket.id) : null;
      scrollTo({ top: vises(sted) ? scrollY + topp(sted) - husket.over : husket.y, behavior: "instant" });
    };
    rull();
    addEventListener("load", rull);
  }

  function vis(svar) {
    if (sagt.textContent !== svar.sagt) sagt.textContent = svar.sagt;
    if (feil.dataset.vist === svar.feil) return;
    const liste = feil.querySelector("details");
    const lukket = liste !== null && !liste.open;
    feil.innerHTML = svar.feil;
    feil.dataset.vist = svar.feil;
    if (lukket && feil.firstElementChild) feil.firstElementChild.open = false;
  }

  // Tjeneren lager siden nå, om den ikke er laget; er den en annen enn den som vises, hentes den.
  async function se() {
    if (ser) {
      igjen = true;
      return;
    }
    ser = true;
    try {
      const svar = await fetch(`/vis/tilstand?side=${encodeURIComponent(decodeURI(location.pathname))}`);
      if (!svar.ok) throw new Error();
      const tilstand = await svar.json();
      if (tilstand.merke !== ramme.dataset.merke) {
        husk();
        location.reload();
        return;
      }
      vis(tilstand);
    } catch {
      sagt.textContent = "Forhåndsvisningen svarer ikke. Er den avsluttet, starter «regelverk vis» den igjen.";
    }
    ser = false;
    if (igjen) {
      igjen = false;
      se();
    }
  }

  // En side som ikke er framme, venter ikke på tjeneren: nettleseren holder bare noen få forbindelser åpne.
  function folg() {
    kilde?.close();
    kilde = undefined;
    if (document.hidden) return;
    kilde = new EventSource("/vis/hendelser");
    kilde.addEventListener("message", se);
    kilde.addEventListener("error", () => {
      if (kilde?.readyState !== EventSource.OPEN) se();
    });
  }

  document.addEventListener("visibilitychange", folg);
  addEventListener("pagehide", () => {
    kilde?.close();
    if (!henter) history.scrollRestoration = "auto";
  });
  addEventListener("pageshow", (hendelse) => hendelse.persisted && folg());
  gjenopprett();
  folg();
})();
