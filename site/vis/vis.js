// Forhåndsvisningen: feltet over siden følger det som er lagret, og siden lastes på nytt når den er blitt en annen.
(() => {
  const ramme = document.getElementById("vis");
  const sagt = ramme.querySelector(".vis-sagt");
  const feil = ramme.querySelector(".vis-feil");
  const HUSKET = `vis:${location.pathname}`;
  let kilde;
  let ser = false;
  let igjen = false;

  // Det øverste stedet på skjermen som har en adresse: det skal stå der det sto, også når noe over er blitt lengre.
  const steder = () => [...document.querySelectorAll("article [id]")];
  const foldet = () => [...document.querySelectorAll("article details")];

  function husk() {
    const sted = steder().find((ett) => ett.getBoundingClientRect().bottom > 0);
    const over = sted?.getBoundingClientRect().top;
    const aapne = foldet().map((ett) => ett.open);
    sessionStorage.setItem(HUSKET, JSON.stringify({ id: sted?.id, over, y: scrollY, aapne }));
  }

  function gjenopprett() {
    const husket = JSON.parse(sessionStorage.getItem(HUSKET));
    sessionStorage.removeItem(HUSKET);
    if (!husket) return;
    const naa = foldet();
    if (naa.length === husket.aapne.length) naa.forEach((ett, nummer) => (ett.open = husket.aapne[nummer]));
    const sted = husket.id ? document.getElementById(husket.id) : null;
    const y = sted && husket.y ? scrollY + sted.getBoundingClientRect().top - husket.over : husket.y;
    scrollTo({ top: y, behavior: "instant" });
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
  addEventListener("pagehide", () => kilde?.close());
  addEventListener("pageshow", (hendelse) => hendelse.persisted && folg());
  gjenopprett();
  folg();
})();
