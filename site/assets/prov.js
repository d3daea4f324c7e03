// Siden «Prøv» har mer enn de andre sidene trenger; det hentes bare når siden er den.
const rot = document.getElementById("prov");
if (rot) import("./prov/side.js").then(({ start }) => start(rot));
