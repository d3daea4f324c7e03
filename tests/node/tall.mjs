// Regner ut regnestykker, ett per linje inn og ett svar per linje ut.
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const { lestTall } = await import(pathToFileURL(`${process.argv[2]}/tall.js`));
const regn = {
  pluss: (a, b) => a.pluss(b),
  minus: (a, b) => a.minus(b),
  gange: (a, b) => a.gange(b),
  delt: (a, b) => a.delt(b),
  mot: (a, b) => a.mot(b),
  rot: (a) => a.rot(),
  halv: (a, b) => a.avrundet(b, "halv"),
  opp: (a, b) => a.avrundet(b, "opp"),
  ned: (a, b) => a.avrundet(b, "ned"),
};

for await (const linje of createInterface({ input: process.stdin })) {
  const [hva, a, b] = JSON.parse(linje);
  console.log(String(regn[hva](lestTall(a), lestTall(b))));
}
