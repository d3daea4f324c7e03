/** Et svar forklart: hva som ble prøvd, hva som holdt, og hva som ikke gjorde det, med verdiene. */

import { Ledd, forklaringstekst } from "./forklaring.js";
import { settListe, vurder } from "./motor.js";
import { Prove, radledd } from "./regelrader.js";
import { lest } from "./tekst.js";
import { erMangler } from "./verdier.js";

/** Leddene for gruppene, og regelradene som er uavklart, i den rekkefølgen de prøves. */
export function* gruppeledd(regler, post) {
  if (regler.velger) {
    if (post.uavklart_ !== null) yield post.uavklart_;
    return;
  }
  for (const gruppe of regler.grupper) {
    if (gruppe.naar !== null) yield regler.forklaringer().get(gruppe.id)(post);
  }
  if (regler.rader === null) return;
  for (const [rad, svar] of new Prove(regler.rader(), post).alle()) {
    if (svar === null) yield radledd(regler, rad, post);
  }
}

const ORD = new Map([[true, "inngår"], [false, "inngår ikke"], [null, "uavklart"]]);

/** Leddet for én linje: om den inngår, kravene som ble prøvd, og beregningene. */
function forklartLinje(regler, liste, nummer, linje, svar) {
  const tekster = [...linje.felter_, ["gruppe_", linje.gruppe_]].filter(([, verdi]) => typeof verdi === "string");
  const hvilken = tekster.length ? ` (${lest(tekster[0][0])} ${tekster[0][1]})` : "";
  const grunner = svar.grunner.map((grunn) => grunn.tekst).join("; ");
  const tekst = `${liste.vist} ${nummer}${hvilken}: ${ORD.get(svar.inngaar)}`;
  const forklaringer = regler.forklaringer();
  const deler = [
    ...liste.krav.map((krav) => forklaringer.get(krav.id)(linje)),
    ...(svar.verdier.size ? liste.beregninger.map((en) => forklaringer.get(en.id)(linje)) : []),
    ...svar.varsler.map((varsel) => new Ledd({ tekst: `varsel: ${varsel.tekst}` })),
  ];
  return new Ledd({ tekst: grunner ? `${tekst}: ${grunner}` : tekst, svar: svar.inngaar, deler });
}

function* forklarteLinjer(regler, post, svar) {
  for (const liste of regler.lister) {
    const poster = post.alle_.get(liste.felt) ?? [];
    const svarene = svar.lister.get(liste.felt) ?? [];
    for (let plass = 0; plass < Math.min(poster.length, svarene.length); plass += 1) {
      yield forklartLinje(regler, liste, plass + 1, poster[plass], svarene[plass]);
    }
  }
}

/** Leddene for gruppene i en samling: hva hver av dem bruker, og om vilkåret holder for det. */
function* forklarteValg(regler, post, svar) {
  const alle = post[regler.liste];
  const vedPlass = new Map(erMangler(alle) ? [] : alle.map((en) => [en.plass_, en]));
  const bruktAv = new Map([...svar.valgte, ...svar.forbigaatt].map((valgt) => [valgt.gruppe, valgt.brukt]));
  for (const gruppe of regler.grupper) {
    if (gruppe.naar === null || !bruktAv.has(gruppe.id)) continue;
    const brukt = bruktAv.get(gruppe.id);
    settListe(regler, post, brukt.map((plass) => vedPlass.get(plass)));
    const ledd = regler.forklaringer().get(gruppe.id)(post);
    settListe(regler, post, alle);
    const nummer = brukt.map((plass) => plass + 1).join(", ");
    const hvilke = brukt.length ? `${lest(regler.liste)} nummer ${nummer}` : `ingen av ${lest(regler.liste)}`;
    yield ledd.med({ deler: [new Ledd({ tekst: `bruker ${hvilke}`, svar: true }), ...ledd.deler] });
  }
  if (post.uavklart_ !== null) yield post.uavklart_;
}

/** Leddene for gruppene som ble prøvd. */
function* forklarteGrupper(regler, post) {
  for (const gruppe of regler.grupper) {
    if (gruppe.naar === null || (post.oppgitt_ !== null && gruppe.id !== post.oppgitt_)) continue;
    const ledd = regler.forklaringer().get(gruppe.id)(post);
    yield ledd;
    if (ledd.svar !== false) return;
  }
}

/** Leddet for raden som ga gruppen, eller for den første som ikke kan avgjøres. */
function* forklartRad(regler, post, svar) {
  if (post.rad_ !== null) yield radledd(regler, post.rad_, post);
  if (post.rad_ !== null || svar.status !== "uavklart" || svar.gruppe !== null) return;
  for (const [rad, holder] of new Prove(regler.rader(), post).alle()) {
    if (holder !== null) continue;
    yield radledd(regler, rad, post);
    return;
  }
}

/** Leddene i forklaringen, i den rekkefølgen de ble prøvd. */
function forklarte(regler, post, svar) {
  const forklaringer = regler.forklaringer();
  const deler = [...forklarteLinjer(regler, post, svar), ...regler.krav.map((krav) => forklaringer.get(krav.id)(post))];
  if (regler.velger && svar.status !== "inngår ikke") deler.push(...forklarteValg(regler, post, svar));
  else if (regler.gruppering !== null && svar.status !== "inngår ikke") {
    deler.push(...forklarteGrupper(regler, post));
    if (regler.rader !== null && post.oppgitt_ === null) deler.push(...forklartRad(regler, post, svar));
  }
  if (post.brukt_ !== null && regler.bruker !== null) {
    const [brukt, bruktPost] = vurder(regler.bruker(), post.data_);
    const under = forklarte(regler.bruker(), bruktPost, brukt);
    const tekst = `gruppen er spurt etter i ${regler.bruker_navn}`;
    deler.push(new Ledd({ tekst, svar: brukt.gruppe !== null, deler: under }));
  }
  if ((svar.gruppe !== null || regler.gruppering === null) && svar.verdier.size) {
    deler.push(...regler.beregninger.map((en) => forklaringer.get(en.id)(post)));
  }
  return deler;
}

/** Svaret på en post, og leddene som forklarer det. */
export function svarMedLedd(regler, data) {
  const [svar, post] = vurder(regler, data);
  const uforklart = svar.status === "feil i data" || (svar.status === "ikke i utdraget" && svar.lister.size > 0);
  return { svar, deler: uforklart ? [] : forklarte(regler, post, svar) };
}

/** Svaret på en post forklart, som tekst. */
export function forklar(regler, data, hode) {
  const { svar, deler } = svarMedLedd(regler, data);
  return forklaringstekst(hode, svar, deler);
}
