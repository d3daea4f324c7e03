// I forhåndsvisningen er det ingenting å søke i: søket lages av hele nettstedet når det bygges.
import { lag } from "./vis.js";
import { BESKJED } from "./side.js";

export function lagDialog() {
  const lukk = lag("button", { type: "button", class: "sok-lukk" }, ["Lukk"]);
  const inni = lag("div", { class: "sok-inni md-typeset" }, [lag("p", {}, [BESKJED]), lukk]);
  const dialog = lag("dialog", { class: "sok-dialog", "aria-label": "Søk" }, [inni]);
  document.body.append(dialog);
  let aapnetAv;
  lukk.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => aapnetAv?.focus());
  return {
    aapne(knapp) {
      aapnetAv = knapp;
      dialog.showModal();
    },
  };
}
