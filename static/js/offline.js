/* Lets the service worker keep the articles that are read here, with what they are made of. Without scripts, or in a
   browser that has no service workers, nothing is kept and nothing is missing. */
"use strict";

addEventListener("load", async () => {
  if (!("serviceWorker" in navigator)) {
    return;
  }
  try {
    await navigator.serviceWorker.register("/sw.js");
    const { active } = await navigator.serviceWorker.ready;
    const files = performance.getEntriesByType("resource").map((entry) => entry.name);
    active.postMessage({ page: location.pathname + location.search, files });
  } catch {
    // The browser keeps nothing for this site: it may be told so, or have no room.
  }
});
