// Siden for oppslag: søket står på siden, og det en søker på, står i adressen.
import { lagPanel } from "./panel.js";

export function visSide(rot, sted) {
  const adresse = new URL(location.href);
  const ved = (tekst) => {
    if (tekst) adresse.searchParams.set("kode", tekst);
    else adresse.searchParams.delete("kode");
    history.replaceState(null, "", adresse);
  };
  const panel = lagPanel(rot, { id: "oppslag", ved });
  sted.replaceChildren(panel.element);
  panel.felt.value = adresse.searchParams.get("kode") ?? "";
  if (panel.felt.value) panel.sok();
  else panel.felt.focus();
}
