/** Stegene for en post: lesing, krav, gruppering og beregninger, i den rekkefølgen. */

import { Ledd, uavklartTekst, uavklarte, utfylt } from "./forklaring.js";
import { feltnavn, grunn, les } from "./lesing.js";
import { Prove, radledd } from "./regelrader.js";
import { Tall, helt } from "./tall.js";
import { lest, ordnet } from "./tekst.js";
import { GjelderIkke, Tom, Uavklart, Uoppgitt, erMangler, erTom } from "./verdier.js";

/** Et krav: når det gjelder, hva det krever, og hva som følger når det ikke er oppfylt. */
export class Krav {
  constructor({ id, tekst, naar = null, krever, utfall = "inngår ikke", verdier = null }) {
    Object.assign(this, { id, tekst, naar, krever, utfall, verdier });
  }

  grunn(post) {
    return grunn(this.id, this.verdier === null ? this.tekst : utfylt(this.tekst, ...this.verdier(post)));
  }

  /** Om kravet er oppfylt, eller ikke gjelder. */
  oppfylt(post) {
    if (this.naar === null) return this.krever(post);
    const gjelder = this.naar(post);
    if (gjelder === false) return true;
    const oppfylt = this.krever(post);
    return gjelder ? oppfylt : oppfylt ? true : null;
  }
}

/** En gruppe; uten vilkår kan den bare være oppgitt i data. */
export class Gruppe {
  constructor({ id, naar = null, bruker = null }) {
    Object.assign(this, { id, naar, bruker });
  }
}

/** En beregning, og enheten den vises i. */
export class Beregning {
  constructor({ id, verdi, teller = 1, nevner = 1, slag = "desimaltall", navn = id }) {
    Object.assign(this, { id, verdi, teller, nevner, slag, navn });
  }
}

/** Reglene for linjene i en liste. */
export class Liste {
  constructor({ felt, krav = [], beregninger = [], navn = felt }) {
    Object.assign(this, { felt, krav, beregninger, navn });
  }

  /** Listen slik den heter i meldinger. */
  get vist() {
    return lest(this.navn);
  }
}

/** Alt som gjelder for én slags post. */
export class Regler {
  constructor({ navn, felter, krav = [], lister = [], grupper = [], beregninger = [], ...resten }) {
    const { gruppering = null, rader = null, ellers = null, utdrag = false, forklaringer, bekreftet = new Map() } = resten;
    const { bruker = null, bruker_navn = "", velger = "", liste = "", rundt = null } = resten;
    Object.assign(this, { navn, felter, krav, lister, grupper, beregninger, gruppering, rader, ellers, utdrag });
    Object.assign(this, { bruker, bruker_navn, velger, liste, rundt, bekreftet });
    this.forklaringer = forklaringer;
  }
}

function nyttSvar(status, deler = {}) {
  return {
    status,
    gruppe: null,
    gruppe_oppgitt: false,
    grunner: [],
    varsler: [],
    mulige: [],
    verdier: new Map(),
    lister: new Map(),
    sist_bekreftet: new Map(),
    brukt: null,
    valgte: [],
    forbigaatt: [],
    ...deler,
  };
}

/** Svaret på en post, og posten slik den ble lest. */
export function vurder(regler, data) {
  const { post, feil, utenfor } = les(regler.felter, data);
  post.data_ = data;
  if (regler.rundt !== null) post.ytre = les(regler.rundt().felter, {}).post;
  if (feil.length) return [nyttSvar("feil i data", { grunner: feil }), post];
  if (utenfor.length) return [utenforSvar(regler, post, utenfor), post];
  return [medBekreftelse(regler, vurdert(regler, post)), post];
}

/** Svaret med reglene bak det som kildene bare bekrefter for et tidligere år. */
function medBekreftelse(regler, svar) {
  const linjer = [...svar.lister.values()].flat();
  const bak = new Set([svar, ...linjer].flatMap((ett) => [...ett.grunner, ...ett.varsler].map((en) => en.id)));
  for (const ett of [svar, ...linjer]) for (const id of ett.verdier.keys()) bak.add(id);
  for (const valgt of svar.valgte) bak.add(valgt.gruppe);
  if (svar.gruppe) bak.add(svar.gruppe);
  return { ...svar, sist_bekreftet: new Map([...regler.bekreftet].filter(([id]) => bak.has(id))) };
}

function vurdert(regler, post) {
  if (regler.liste) taVarePaaData(regler, post);
  const [faller, uavklart, varsler] = [[], [], []];
  const linjer = new Map(regler.lister.map((liste) => [liste.felt, vurderteLinjer(regler, post, liste, uavklart)]));
  for (const liste of regler.lister) {
    const egne = linjer.get(liste.felt);
    if (liste.krav.length && egne.length && egne.every((linje) => linje.inngaar === false)) {
      faller.push(grunn(liste.felt, `ingen av linjene i ${liste.vist} inngår`));
    }
  }
  for (const krav of regler.krav) prov(regler, post, krav, { faller, uavklart, varsler });
  if (faller.length) return nyttSvar("inngår ikke", { grunner: faller, varsler, lister: ferdige(linjer) });
  if (uavklart.length) {
    const mulige = regler.gruppering ? muligeGrupper(regler, post) : [];
    return nyttSvar("uavklart", { grunner: uavklart, varsler, mulige, lister: ferdige(linjer) });
  }
  let gruppe = null;
  if (regler.gruppering !== null) {
    const funnet = gruppen(regler, post);
    if (erMangler(funnet)) {
      return { ...utenGruppe(regler, post, funnet, varsler), forbigaatt: post.forbigaatt_, lister: ferdige(linjer) };
    }
    gruppe = Array.isArray(funnet) ? funnet[0] : funnet;
    varsler.push(...(post.brukt_ === null ? motVilkaaret(regler, post, gruppe) : post.brukt_.varsler));
  }
  return beregnet(regler, post, { gruppe, varsler, linjer });
}

function beregnet(regler, post, { gruppe, varsler, linjer }) {
  const grunner = [];
  const verdier = resultater(regler, post);
  for (const en of regler.beregninger) verdier.set(en.id, beregn(regler, en, post, grunner));
  for (const liste of regler.lister) {
    for (const linje of linjer.get(liste.felt).filter((en) => en.inngaar)) {
      linje.verdier = new Map(liste.beregninger.map((en) => [en.id, beregn(regler, en, linje.post, grunner)]));
    }
  }
  return nyttSvar(grunner.length ? "kan ikke beregnes" : "gruppert", {
    gruppe,
    gruppe_oppgitt: post.oppgitt_ !== null || (post.brukt_ !== null && post.brukt_.gruppe_oppgitt),
    grunner,
    varsler,
    verdier,
    lister: ferdige(linjer),
    brukt: post.brukt_,
    valgte: post.valgte_,
    forbigaatt: post.forbigaatt_,
  });
}

/** La hver post i en samling ta vare på det den ble lest av, for et annet regelverk kan spørre etter det. */
function taVarePaaData(regler, post) {
  const poster = post[regler.liste];
  const gitt = post.data_?.[regler.liste];
  if (!erMangler(poster) && Array.isArray(gitt)) {
    for (const en of poster) en.data_ = gitt[en.plass_];
  }
}

// ---- krav

/** Prøv ett krav, og legg grunnen dit den hører. */
function prov(regler, post, krav, { faller, uavklart, varsler }) {
  const oppfylt = krav.oppfylt(post);
  if (oppfylt) return;
  if (krav.utfall === "varsel") {
    if (oppfylt === false) varsler.push(krav.grunn(post));
  } else if (oppfylt === null) {
    uavklart.push(hvorforUavklart(regler, krav.id, post));
  } else {
    (krav.utfall === "uavklart" ? uavklart : faller).push(krav.grunn(post));
  }
}

/** Hvorfor noe er uavklart: feltene som avgjør, i den rekkefølgen de er skrevet, og verdiene som er ukjent. */
const hvorforUavklart = (regler, id, post) => grunnAv(regler, id, regler.forklaringer().get(id)(post));

function grunnAv(regler, id, ledd) {
  const listerFoerst = (a, b) => Number(a.slag !== "liste") - Number(b.slag !== "liste");
  const felter = regler.liste ? [...regler.felter].sort(listerFoerst) : regler.felter;
  const [felt, ukjent] = uavklarte(ledd);
  const iOrden = [...new Set(feltnavn(felter))].filter((navn) => felt.has(navn));
  return grunn(id, uavklartTekst(iOrden, ordnet(ukjent)), iOrden);
}

// ---- lister

/** Linjene vurdert i rekkefølge; det gjentas på dem som er igjen, til ingen faller. */
function vurderteLinjer(regler, post, liste, uavklart) {
  if (erMangler(post[liste.felt])) return [];
  const linjer = post[liste.felt].map((en) => ({ post: en, inngaar: true, grunner: [], varsler: [], verdier: new Map() }));
  let igjen = linjer;
  for (;;) {
    const staar = [];
    const foran = [];
    const alle = igjen.map((linje) => linje.post);
    igjen.forEach((linje, nummer) => {
      linje.post.staar_ = { foran, antall: foran.length, alle, fra: nummer + 1 };
      post.husket_.clear();
      provLinje(regler, liste, linje);
      if (linje.inngaar !== false) {
        staar.push(linje);
        foran.push(linje.post);
      }
    });
    if (staar.length === igjen.length) break;
    igjen = staar;
  }
  const somGitt = [...linjer].sort((a, b) => a.post.plass_ - b.post.plass_);
  post.alle_.set(liste.felt, somGitt.map((linje) => linje.post));
  post[liste.felt] = igjen.map((linje) => linje.post);
  post.husket_.clear();
  for (const linje of igjen.filter((en) => en.inngaar === null)) uavklart.push(...linje.grunner);
  return somGitt;
}

function provLinje(regler, liste, linje) {
  const [faller, uavklart, varsler] = [[], [], []];
  for (const krav of liste.krav) prov(regler, linje.post, krav, { faller, uavklart, varsler });
  const inngaar = faller.length ? false : uavklart.length ? null : true;
  Object.assign(linje, { inngaar, grunner: faller.length ? faller : uavklart, varsler });
}

const ferdige = (lister) =>
  new Map(
    [...lister].map(([felt, linjer]) => [
      felt,
      linjer.map(({ inngaar, grunner, varsler, verdier }) => ({ inngaar, grunner, varsler, verdier })),
    ]),
  );

// ---- gruppering

/** Gruppen som er oppgitt, ellers den første som passer; `Tom` når ingen gjør det, `Uavklart` når det er uvisst. */
export function gruppen(regler, post) {
  if (post.gruppe_ !== null) return post.gruppe_;
  if (regler.velger) {
    post.gruppe_ = velg(regler, post);
    return post.gruppe_;
  }
  const oppgitt = post[regler.gruppering];
  if (typeof oppgitt === "string") {
    post.gruppe_ = oppgitt;
    post.oppgitt_ = oppgitt;
  } else {
    post.gruppe_ = foerste(regler, post);
    if (erTom(post.gruppe_) && regler.bruker !== null) post.gruppe_ = bruktGruppe(regler, regler.bruker(), post);
  }
  return post.gruppe_;
}

/** Gruppene som en samling får: den første som holder, eller alle, der en som blir gitt, tar det den bruker. */
function velg(regler, post) {
  const navn = regler.gruppering;
  const alle = post[regler.liste];
  const medVilkaar = regler.grupper.filter((gruppe) => gruppe.naar !== null);
  if (erMangler(alle)) {
    post.uavklart_ = new Ledd({ tekst: navn, av: [alle] });
    return medVilkaar.length ? new Uavklart(navn) : new Tom(navn);
  }
  let igjen = alle;
  for (const gruppe of medVilkaar) {
    const [brukt, passer] = paaDetDenBruker(regler, post, gruppe, igjen);
    settListe(regler, post, alle);
    if (passer === null) return new Uavklart(navn);
    const valgt = { gruppe: gruppe.id, brukt: brukt.map((en) => en.plass_) };
    (passer ? post.valgte_ : post.forbigaatt_).push(valgt);
    if (passer && regler.velger === "første") return gruppe.id;
    if (passer && gruppe.bruker !== null) igjen = igjen.filter((en) => !brukt.includes(en));
  }
  return post.valgte_.length ? post.valgte_.map((valgt) => valgt.gruppe) : new Tom(navn);
}

/** Det en gruppe bruker av det som er igjen, og om vilkåret holder for det alene. */
function paaDetDenBruker(regler, post, gruppe, igjen) {
  settListe(regler, post, igjen);
  const brukt = gruppe.bruker === null ? igjen : gruppe.bruker(post);
  if (erMangler(brukt)) {
    post.uavklart_ = regler.forklaringer().get(`bruker ${gruppe.id}`)(post).med({ svar: null });
    post.uavklart_id_ = gruppe.id;
    return [[], null];
  }
  settListe(regler, post, brukt);
  const passer = gruppe.naar(post);
  if (passer === null) {
    post.uavklart_ = regler.forklaringer().get(gruppe.id)(post);
    post.uavklart_id_ = gruppe.id;
  }
  return [brukt, passer];
}

/** La samlingen ha bare noen av postene; det som er regnet ut av dem, regnes ut på nytt. */
export function settListe(regler, post, poster) {
  post[regler.liste] = poster;
  post.husket_.clear();
}

/** Gruppen som regelverket som brukes, gir posten; svaret derfra tas vare på. */
function bruktGruppe(regler, bruker, post) {
  [post.brukt_] = vurder(bruker, post.data_);
  if (post.brukt_.gruppe !== null) return post.brukt_.gruppe;
  return post.brukt_.status === "uavklart" ? new Uavklart(regler.gruppering) : new Tom(regler.gruppering);
}

/** Gruppene med vilkår og så regelradene, med svaret på dem, i den rekkefølgen de prøves. */
function* provd(regler, post) {
  for (const gruppe of regler.grupper) {
    if (gruppe.naar !== null) yield [gruppe.id, null, gruppe.naar(post)];
  }
  if (regler.rader !== null) {
    for (const [rad, svar] of new Prove(regler.rader(), post).alle()) yield [rad.gruppe, rad, svar];
  }
}

function foerste(regler, post) {
  for (const [gruppe, rad, passer] of provd(regler, post)) {
    if (passer === null) return new Uavklart(regler.gruppering);
    if (passer) {
      post.rad_ = rad;
      return gruppe;
    }
  }
  return regler.ellers ?? new Tom(regler.gruppering);
}

/** Resultatfeltene til raden som ga gruppen; null når ingen rad gjorde det. */
function resultater(regler, post) {
  if (regler.rader === null) return new Map();
  const funnet = post.rad_?.resultater;
  return new Map(regler.rader().resultatfelt.map((felt, plass) => [felt, funnet ? funnet[plass] : null]));
}

/** Gruppene som fortsatt er mulige: alle som ikke er utelukket, til og med den første sikre. */
function muligeGrupper(regler, post) {
  if (regler.velger) {
    const forbi = new Set(post.forbigaatt_.map((valgt) => valgt.gruppe));
    return regler.grupper.filter((en) => en.naar !== null && !forbi.has(en.id)).map((en) => en.id);
  }
  const oppgitt = post[regler.gruppering];
  if (typeof oppgitt === "string") return [oppgitt];
  const mulige = new Set();
  for (const [gruppe, , passer] of provd(regler, post)) {
    if (passer !== false) mulige.add(gruppe);
    if (passer) return [...mulige];
  }
  if (regler.ellers !== null) mulige.add(regler.ellers);
  if (regler.bruker !== null) {
    const [brukt] = vurder(regler.bruker(), post.data_);
    for (const gruppe of brukt.gruppe === null ? brukt.mulige : [brukt.gruppe]) mulige.add(gruppe);
  }
  return [...mulige];
}

/** Svaret når ingen gruppe er funnet. */
function utenGruppe(regler, post, funnet, varsler) {
  const brukt = post.brukt_;
  if (brukt !== null) {
    const { status, grunner, mulige } = brukt;
    return nyttSvar(status, { grunner, varsler: [...varsler, ...brukt.varsler], mulige, brukt });
  }
  if (funnet instanceof Uavklart) {
    const mulige = muligeGrupper(regler, post);
    const { id, tekst, felt } = hvorforIngenGruppe(regler, mulige, post);
    const valg = mulige.length <= 5 ? `; mulige grupper: ${mulige.join(", ")}` : `; ${mulige.length} grupper er mulige`;
    return nyttSvar("uavklart", { grunner: [grunn(id, tekst + valg, felt)], varsler, mulige });
  }
  const [status, tekst] = regler.utdrag
    ? ["ikke i utdraget", "ingen gruppe i utdraget tar denne posten"]
    : ["inngår ikke", "ingen gruppe tar denne posten"];
  return nyttSvar(status, { grunner: [grunn(regler.gruppering, tekst)], varsler });
}

/** Hvorfor det ikke kan avgjøres hvilken gruppe en post får. */
function hvorforIngenGruppe(regler, mulige, post) {
  if (post.uavklart_ !== null) return grunnAv(regler, post.uavklart_id_ || mulige[0], post.uavklart_);
  for (const [, rad, svar] of provd(regler, post)) {
    if (svar !== null) continue;
    return rad === null ? hvorforUavklart(regler, mulige[0], post) : grunnAv(regler, rad.id, radledd(regler, rad, post));
  }
  throw new Error("ingen gruppe er uavklart");
}

/** Svaret når en kode eller en gruppe ikke finnes i regelverket. */
function utenforSvar(regler, post, utenfor) {
  const lister = new Map();
  for (const liste of regler.lister) {
    const poster = erMangler(post[liste.felt]) ? [] : [...post[liste.felt]].sort((a, b) => a.plass_ - b.plass_);
    const egne = (linje) => linje.utenfor_.map(([id, verdi]) => grunn(id, `${id} ${verdi} er ikke i regelverket`, [id]));
    lister.set(
      liste.felt,
      poster.map((linje) => ({ inngaar: null, grunner: egne(linje), varsler: [], verdier: new Map() })),
    );
  }
  return nyttSvar(regler.utdrag ? "ikke i utdraget" : "feil i data", { grunner: utenfor, lister });
}

/** Et varsel når gruppen er oppgitt i data, og vilkåret for den ikke er oppfylt. */
function motVilkaaret(regler, post, gruppe) {
  if (post.oppgitt_ === null) return [];
  const svarene = [...provd(regler, post)].filter(([id]) => id === gruppe).map(([, , svar]) => svar);
  if (!svarene.length || svarene.some((svar) => svar !== false)) return [];
  return [grunn(gruppe, `${gruppe} er oppgitt i data, men vilkåret for gruppen er ikke oppfylt`)];
}

// ---- beregninger

/** Verdien i vist enhet; null, med grunnen, når den ikke kan beregnes. */
function beregn(regler, { id, verdi: regnUt, teller, nevner }, post, grunner) {
  const verdi = regnUt(post);
  if (verdi instanceof GjelderIkke && verdi.navn === id) return null;
  if (verdi instanceof Uavklart) {
    grunner.push(hvorforUavklart(regler, id, post));
    return null;
  }
  if (erMangler(verdi)) {
    grunner.push(grunn(id, verdi.grunn, verdi instanceof Uoppgitt ? [verdi.navn] : []));
    return null;
  }
  const omregnes = verdi instanceof Tall && (teller !== 1 || nevner !== 1);
  return omregnes ? verdi.gange(helt(nevner)).delt(helt(teller)) : verdi;
}
