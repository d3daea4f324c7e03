// Temaet åpner meny og søk med etiketter som ikke kan nås fra tastaturet. Her blir de knapper.
(() => {
  const knapp = (bryter, navn, etikett) => {
    etikett.setAttribute("role", "button");
    etikett.setAttribute("aria-label", navn);
    etikett.tabIndex = 0;
    const vis = () => etikett.setAttribute("aria-expanded", String(bryter.checked));
    vis();
    bryter.addEventListener("change", vis);
    etikett.addEventListener("keydown", (hendelse) => {
      if (hendelse.key === "Enter" || hendelse.key === " ") {
        hendelse.preventDefault();
        bryter.click();
      }
    });
  };
  for (const [id, navn] of [["__drawer", "Meny"], ["__search", "Søk"]]) {
    const bryter = document.getElementById(id);
    if (!bryter) continue;
    bryter.tabIndex = -1;
    bryter.setAttribute("aria-hidden", "true");
    for (const etikett of document.querySelectorAll(`label.md-header__button[for="${id}"]`)) knapp(bryter, navn, etikett);
  }
  // En tabell som er bredere enn skjermen eller lengre enn rammen, skal kunne rulles fra tastaturet.
  const rullbar = () => {
    for (const ramme of document.querySelectorAll(".md-typeset__scrollwrap")) {
      const bred = ramme.scrollWidth > ramme.clientWidth || ramme.scrollHeight > ramme.clientHeight + 1;
      for (const [navn, verdi] of [["tabindex", "0"], ["role", "group"], ["aria-label", "Tabell"]]) {
        if (bred) ramme.setAttribute(navn, verdi);
        else ramme.removeAttribute(navn);
      }
    }
  };
  window.addEventListener("load", rullbar);
  window.addEventListener("resize", rullbar);
  const skuff = document.getElementById("__drawer");
  const meny = document.querySelector(".md-sidebar--primary");
  if (!skuff || !meny) return;
  const synk = () => meny.classList.toggle("er-aapen", skuff.checked);
  synk();
  skuff.addEventListener("change", () => {
    synk();
    if (skuff.checked) meny.querySelector("a[href]")?.focus();
  });
  document.addEventListener("keydown", (hendelse) => {
    if (hendelse.key === "Escape" && skuff.checked) {
      skuff.click();
      document.querySelector('label.md-header__button[for="__drawer"]').focus();
    }
  });
})();
