// Siden for oppslag i forhåndsvisningen.
export const BESKJED = "Søk og oppslag er ikke med i forhåndsvisningen. De lages av hele nettstedet når det bygges: «regelverk bygg».";

export function visSide(_rot, sted) {
  const tekst = document.createElement("p");
  tekst.textContent = BESKJED;
  sted.replaceChildren(tekst);
}
