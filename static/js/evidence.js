/* The sheets show the evidence that an address leads to; this opens its box too, so that no screen reader calls it
   collapsed. */
"use strict";

const SHOWN = ":target > .evidence, :target > .fact__why > .evidence, .ladder__step:target .evidence, .evidence:has(:target)";
const openShown = () => document.querySelectorAll(SHOWN).forEach((box) => { box.open = true; });
addEventListener("load", openShown);
addEventListener("hashchange", openShown);
