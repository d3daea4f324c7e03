// Starter språktjeneren og lar VS Code snakke med den. Alt annet gjør tjeneren.

const { existsSync } = require("node:fs");
const path = require("node:path");
const { window, workspace } = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let klient;

/** Kommandoen som er valgt, den i .venv i arbeidsmappen, eller den på stien. */
function kommando(valgt, mappe) {
  if (valgt) return valgt;
  const egne = [path.join(".venv", "bin", "regelverk"), path.join(".venv", "Scripts", "regelverk.exe")];
  return egne.map((sti) => path.join(mappe, sti)).find(existsSync) ?? "regelverk";
}

async function activate() {
  const valg = workspace.getConfiguration("regelverk");
  const mappe = workspace.workspaceFolders?.[0]?.uri.fsPath ?? process.cwd();
  const regler = valg.get("mappe");
  const nettsted = valg.get("nettsted");
  const tjener = {
    command: kommando(valg.get("kommando"), mappe),
    args: ["spraaktjener", "--mappe", regler, ...(nettsted ? ["--nettsted", nettsted] : [])],
    options: { cwd: mappe },
  };
  const gjelder = [
    { scheme: "file", language: "regel" },
    { scheme: "file", language: "markdown", pattern: `**/${path.basename(regler)}/**` },
  ];
  klient = new LanguageClient("regelverk", "Regelverk", tjener, { documentSelector: gjelder });
  try {
    await klient.start();
  } catch (feil) {
    const hva = `Språktjeneren startet ikke: ${feil.message}. Installer den med pip install "regelverk[editor]".`;
    window.showErrorMessage(hva);
  }
}

module.exports = { activate, deactivate: () => klient?.stop() };
