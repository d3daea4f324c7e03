/** Alt genererte regler bruker, med de navnene de har i pakkene i Python. */

export * from "./forklar.js";
export * from "./forklaring.js";
export * from "./lesing.js";
export * from "./motor.js";
export * from "./regelrader.js";
export * from "./tid.js";
export * from "./verdier.js";
