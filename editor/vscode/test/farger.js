// Grammatikken slik VS Code leser den: ord, navn, tekst, koder og enheter, alene og i gjerder i Markdown.

const assert = require("node:assert");
const { readFileSync } = require("node:fs");
const path = require("node:path");
const oniguruma = require("vscode-oniguruma");
const { INITIAL, Registry, parseRawGrammar } = require("vscode-textmate");

const syntaks = path.join(__dirname, "..", "syntaxes");
const grammatikker = {
  "source.regel": path.join(syntaks, "regel.tmLanguage.json"),
  "markdown.regel.codeblock": path.join(syntaks, "regel.gjerde.tmLanguage.json"),
};
const markdown = JSON.stringify({ scopeName: "text.html.markdown", patterns: [] });

async function register() {
  const wasm = readFileSync(require.resolve("vscode-oniguruma/release/onig.wasm"));
  await oniguruma.loadWASM(wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength));
  return new Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (moenstre) => new oniguruma.OnigScanner(moenstre),
      createOnigString: (tekst) => new oniguruma.OnigString(tekst),
    }),
    loadGrammar: async (navn) => {
      if (navn === "text.html.markdown") return parseRawGrammar(markdown, "markdown.json");
      const fil = grammatikker[navn];
      return fil ? parseRawGrammar(readFileSync(fil, "utf8"), fil) : null;
    },
    getInjections: (navn) => (navn === "text.html.markdown" ? ["markdown.regel.codeblock"] : undefined),
  });
}

/** Hvert ord i en tekst som har en farge, med den innerste. */
function farger(grammatikk, tekst) {
  const funnet = new Map();
  let tilstand = INITIAL;
  for (const linje of tekst.split("\n")) {
    const lest = grammatikk.tokenizeLine(linje, tilstand);
    tilstand = lest.ruleStack;
    for (const bit of lest.tokens) funnet.set(linje.slice(bit.startIndex, bit.endIndex), bit.scopes.at(-1));
  }
  return funnet;
}

const REGEL = `årlig sats døgnpris «Prisen på 5 kr» = 1 000 kr per poeng # når
    kilde rundskriv
gruppe DRG 1
    når alder er under 18 år og kode er M16.0
    gånår 2020-12-31`;

async function prov() {
  const registret = await register();
  const regel = farger(await registret.loadGrammar("source.regel"), REGEL);
  const ventet = {
    "årlig sats": "keyword.declaration.regel",
    døgnpris: "entity.name.function.regel",
    "«Prisen på 5 kr»": "string.quoted.other.regel",
    "1 000": "constant.numeric.regel",
    kr: "keyword.other.unit.regel",
    "# når": "comment.line.number-sign.regel",
    kilde: "keyword.control.regel",
    "DRG 1": "entity.name.function.regel",
    når: "keyword.control.regel",
    under: "keyword.other.regel",
    år: "keyword.other.unit.regel",
    "M16.0": "constant.other.code.regel",
    "2020-12-31": "constant.other.date.regel",
  };
  for (const [ord, farge] of Object.entries(ventet)) assert.equal(regel.get(ord), farge, ord);
  assert.equal([...regel.keys()].some((bit) => bit.includes("gånår")), true, "et ord inne i et navn er ikke et ord");
  const side = "# Krav\n\nkrav i prosa\n\n```regel\nkrav x\n    krever at ja\n```\n\nsats i prosa\n";
  const blandet = farger(await registret.loadGrammar("text.html.markdown"), side);
  assert.equal(blandet.get("krever"), "keyword.control.regel");
  assert.equal(blandet.get("krav"), "keyword.declaration.regel");
  assert.equal(blandet.get("krav i prosa"), "text.html.markdown");
  assert.equal(blandet.get("sats i prosa"), "text.html.markdown");
  console.log("fargene er riktige");
}

prov().catch((feil) => {
  console.error(feil.message);
  process.exit(1);
});
