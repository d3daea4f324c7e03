// Knappene i toppen, og tabeller som kan rulles fra tastaturet.
(() => {
  const topp = (navn) => document.querySelector(`[data-topp="${navn}"]`);

  // Menyen på smale skjermer. Temaet viser den etter avkrysningen __drawer.
  const skuff = document.getElementById("__drawer");
  const meny = document.querySelector(".md-sidebar--primary");
  const menyknapp = topp("meny");
  if (skuff && menyknapp) {
    skuff.tabIndex = -1;
    skuff.setAttribute("aria-hidden", "true");
    if (!meny) menyknapp.hidden = true;
    const vis = () => {
      meny?.classList.toggle("er-aapen", skuff.checked);
      menyknapp.setAttribute("aria-expanded", String(skuff.checked));
    };
    vis();
    skuff.addEventListener("change", () => {
      vis();
      if (skuff.checked) meny.querySelector("a[href]")?.focus();
    });
    menyknapp.addEventListener("click", () => skuff.click());
    document.addEventListener("keydown", (hendelse) => {
      if (hendelse.key !== "Escape" || !skuff.checked) return;
      skuff.click();
      menyknapp.focus();
    });
  }

  // Merket i menyen leder til forsiden, men temaet kaller det det siden heter.
  for (const merke of document.querySelectorAll(".md-nav__title .md-logo")) {
    merke.setAttribute("aria-label", "Forsiden");
    merke.title = "Forsiden";
  }

  // Innholdet på siden foldes ut i menyen på smale skjermer. Temaet har en etikett der; her blir den en knapp.
  const etikett = document.querySelector('.md-nav__link[for="__toc"]');
  const innhold = document.getElementById("__toc");
  if (etikett && innhold) {
    innhold.tabIndex = -1;
    innhold.setAttribute("aria-hidden", "true");
    etikett.tabIndex = 0;
    etikett.setAttribute("role", "button");
    const vis = () => etikett.setAttribute("aria-expanded", String(innhold.checked));
    vis();
    innhold.addEventListener("change", vis);
    etikett.addEventListener("keydown", (hendelse) => {
      if (hendelse.key !== "Enter" && hendelse.key !== " ") return;
      hendelse.preventDefault();
      hendelse.stopPropagation();
      innhold.click();
    });
  }

  // Mørke farger. Temaet husker valget; knappen velger det av dem som ikke vises nå.
  const fargeknapp = topp("farger");
  const valg = [...document.querySelectorAll('input[name="__palette"]')];
  if (fargeknapp && valg.length) {
    const vises = () => document.body.dataset.mdColorScheme;
    const vis = () => fargeknapp.setAttribute("aria-pressed", String(vises() === "slate"));
    vis();
    new MutationObserver(vis).observe(document.body, { attributeFilter: ["data-md-color-scheme"] });
    fargeknapp.addEventListener("click", () => valg.find((ett) => ett.dataset.mdColorScheme !== vises())?.click());
  }

  // Menyen over regelår: stedet på siden følger med til det andre året.
  const aar = topp("aar");
  if (aar) {
    aar.addEventListener("click", (hendelse) => {
      const lenke = hendelse.target.closest("a");
      if (lenke && location.hash && !lenke.hash) lenke.hash = location.hash;
    });
    document.addEventListener("click", (hendelse) => {
      if (!aar.contains(hendelse.target)) aar.open = false;
    });
    aar.addEventListener("focusout", (hendelse) => {
      if (hendelse.relatedTarget && !aar.contains(hendelse.relatedTarget)) aar.open = false;
    });
    aar.addEventListener("keydown", (hendelse) => {
      if (hendelse.key !== "Escape" || !aar.open) return;
      aar.open = false;
      aar.querySelector("summary").focus();
    });
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
})();
