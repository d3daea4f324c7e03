/** Desimaltall som regner som pakkene i Python: eksakt, og med 60 sifre der et svar ellers ble uendelig. */

const SIFRE = 60;

/** Ti opphøyd i n. */
const tier = (n) => 10n ** BigInt(n);

const absolutt = (n) => (n < 0n ? -n : n);

const antallSifre = (n) => absolutt(n).toString().length;

/** Kvotienten avrundet til et helt tall; `retning` er «halv» (bort fra null), «lik» (halve til partall), «opp», «ned». */
function heltalsdelt(teller, nevner, retning) {
  if (nevner < 0n) return heltalsdelt(-teller, -nevner, retning);
  let kvotient = teller / nevner;
  const rest = teller % nevner;
  if (rest === 0n) return kvotient;
  const fortegn = teller < 0n ? -1n : 1n;
  const dobbel = absolutt(rest) * 2n;
  const bort = {
    halv: dobbel >= nevner,
    lik: dobbel > nevner || (dobbel === nevner && kvotient % 2n !== 0n),
    opp: teller > 0n,
    ned: teller < 0n,
  }[retning];
  if (bort) kvotient += fortegn;
  return kvotient;
}

/** Et desimaltall: `n` delt på ti opphøyd i `desimaler`. */
export class Tall {
  constructor(n, desimaler = 0) {
    this.n = n;
    this.desimaler = desimaler;
  }

  /** Tallet med høyst 60 sifre, som er så nøyaktig det regnes. */
  static avkortet(n, desimaler) {
    const forMange = antallSifre(n) - SIFRE;
    if (forMange <= 0) return new Tall(n, desimaler);
    const kort = heltalsdelt(n, tier(forMange), "lik");
    return desimaler >= forMange
      ? Tall.avkortet(kort, desimaler - forMange)
      : new Tall(kort * tier(forMange - desimaler), 0);
  }

  pluss(annet) {
    const [a, b, desimaler] = likeDesimaler(this, annet);
    return Tall.avkortet(a + b, desimaler);
  }

  minus(annet) {
    const [a, b, desimaler] = likeDesimaler(this, annet);
    return Tall.avkortet(a - b, desimaler);
  }

  gange(annet) {
    return Tall.avkortet(this.n * annet.n, this.desimaler + annet.desimaler);
  }

  /** Kvotienten; den som deler, har sjekket at `annet` ikke er null. */
  delt(annet) {
    const [a, b] = likeDesimaler(this, annet);
    if (a % b === 0n) return Tall.avkortet(a / b, 0);
    const flere = Math.max(0, SIFRE + 2 + antallSifre(b) - antallSifre(a));
    const teller = a * tier(flere);
    // Et siffer til sier at det er mer bak, så avrundingen ikke tar det som en eksakt halv.
    const kvotient = (teller / b) * 10n + (teller % b === 0n ? 0n : a < 0n === b < 0n ? 1n : -1n);
    return Tall.avkortet(kvotient, flere + 1).forkortet();
  }

  /** Avrundet til et helt antall trinn. */
  avrundet(trinn, retning) {
    const antall = this.delt(trinn);
    return new Tall(heltalsdelt(antall.n, tier(antall.desimaler), retning)).gange(trinn);
  }

  /** Kvadratroten av et tall som ikke er under null. */
  rot() {
    if (this.n === 0n) return new Tall(0n);
    const flere = 2 * (SIFRE + 2) + (this.desimaler % 2);
    const under = this.n * tier(flere);
    const hel = heltallsrot(under);
    const mer = hel * hel === under ? 0n : 1n;
    return Tall.avkortet(hel * 10n + mer, (this.desimaler + flere) / 2 + 1).forkortet();
  }

  /** Under null, null eller over, etter om tallet er mindre enn, likt eller større enn det andre. */
  mot(annet) {
    const [a, b] = likeDesimaler(this, annet);
    return a < b ? -1 : a > b ? 1 : 0;
  }

  /** Tallet uten unødige nuller til slutt. */
  forkortet() {
    let { n, desimaler } = this;
    while (desimaler > 0 && n % 10n === 0n) {
      n /= 10n;
      desimaler -= 1;
    }
    return new Tall(n, desimaler);
  }

  erHelt() {
    return this.forkortet().desimaler === 0;
  }

  /** Tallet med desimalpunktum og uten unødige nuller: «1234.5». */
  toString() {
    const { n, desimaler } = this.forkortet();
    const sifre = absolutt(n).toString().padStart(desimaler + 1, "0");
    const fortegn = n < 0n ? "-" : "";
    return desimaler ? `${fortegn}${sifre.slice(0, -desimaler)}.${sifre.slice(-desimaler)}` : fortegn + sifre;
  }
}

function likeDesimaler(a, b) {
  const desimaler = Math.max(a.desimaler, b.desimaler);
  return [a.n * tier(desimaler - a.desimaler), b.n * tier(desimaler - b.desimaler), desimaler];
}

/** Den største hele roten som ikke er over roten av n. */
function heltallsrot(n) {
  let rot = tier(Math.ceil(n.toString().length / 2));
  for (;;) {
    const neste = (rot + n / rot) / 2n;
    if (neste >= rot) return rot;
    rot = neste;
  }
}

const kjente = new Map();

/** Tallet som en tekst med desimalpunktum sier; det samme objektet hver gang. */
export function tall(tekst) {
  if (!kjente.has(tekst)) kjente.set(tekst, lestTall(tekst));
  return kjente.get(tekst);
}

/** Tallet som en tekst med desimalpunktum sier. */
export function lestTall(tekst) {
  const [hele, brok = ""] = tekst.split(".");
  return new Tall(BigInt((hele + brok).replace("+", "")), brok.length);
}

/** Et helt tall fra JavaScript. */
export const helt = (antall) => new Tall(BigInt(antall));
