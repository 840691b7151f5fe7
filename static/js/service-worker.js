/* Keeps the articles that were read, for when there is no network. While there is one, readers get what it gives.
   Sent from /sw.js, with SITE before it: { version, offline: { prefix of a language: its offline page } }. */
"use strict";

const PAGES = "pages";
const FILES = "files";
const OFFLINE = `offline-${SITE.version}`;
const MOST_PAGES = 30;
const MOST_FILES = 150;
const HOUR = 3600000;
const LONGEST = 60 * 24 * HOUR;

const isArticle = (url) => /^(\/\w\w)?\/articles\/[^/]+\/$/.test(url.pathname) && !url.search;
const isFile = (url) => url.origin === location.origin && /^\/(static|images)\//.test(url.pathname);
const isGone = (answer) => answer.type === "opaqueredirect" || answer.redirected || [404, 410].includes(answer.status);
const mayKeep = (answer) => answer.status === 200 && !answer.redirected &&
  /^text\/html/.test(answer.headers.get("Content-Type")) &&
  !/no-store|private/.test(answer.headers.get("Cache-Control"));

addEventListener("install", (event) => event.waitUntil((async () => {
  const cache = await caches.open(OFFLINE);
  for (const address of Object.values(SITE.offline)) {
    const answer = await fetch(address, { cache: "reload" });
    const html = await answer.clone().text();
    await cache.put(address, answer);
    await cache.addAll([...html.matchAll(/<link rel="stylesheet" href="([^"]+)"/g)].map((found) => found[1]));
  }
  await skipWaiting();
})()));

addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) {
    if (name.startsWith("offline-") && name !== OFFLINE) {
      await caches.delete(name);
    }
  }
  await clients.claim();
})()));

/* The page tells what it has loaded; of the very first one, that it was read. */
addEventListener("message", (event) => event.waitUntil((async () => {
  const files = await caches.open(FILES);
  const wanted = event.data.files.map((name) => new URL(name)).filter(isFile);
  await Promise.all(wanted.map((url) => files.add(url).catch(() => {})));
  const old = await files.keys();
  await Promise.all(old.slice(0, Math.max(0, old.length - MOST_FILES)).map((one) => files.delete(one)));
  const url = new URL(event.data.page, location);
  if (isArticle(url) && !(await (await caches.open(PAGES)).match(url))) {
    await look(url, Date.now());
  }
})()));

addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin || /^\/(admin|preview)\//.test(url.pathname)) {
    return;
  }
  if (event.request.mode === "navigate") {
    event.respondWith(page(event, url));
  } else if (isFile(url)) {
    event.respondWith(fetch(event.request).catch(async () => (await caches.match(url)) ?? Response.error()));
  }
});

async function page(event, url) {
  let answer;
  try {
    answer = await fetch(event.request);
  } catch {
    return kept(url);
  }
  event.waitUntil(isArticle(url) ? put(url, answer.clone(), Date.now()) : lookAgain());
  return answer;
}

/* What the site answered: kept, or what was kept is taken away. */
async function put(url, answer, read) {
  const pages = await caches.open(PAGES);
  if (isGone(answer)) {
    await pages.delete(url);
  } else if (mayKeep(answer)) {
    const headers = new Headers(answer.headers);
    headers.delete("Content-Encoding");
    headers.set("X-Kept", Date.now());
    headers.set("X-Read", read);
    await pages.put(url, new Response(await answer.text(), { headers }));
    const all = (await allKept()).sort((one, other) => other.read - one.read);
    await Promise.all(all.slice(MOST_PAGES).map((one) => pages.delete(one.url)));
  }
}

const look = async (url, read) => put(url, await fetch(url, { cache: "no-cache" }), read);

async function allKept() {
  const pages = await caches.open(PAGES);
  return Promise.all((await pages.keys()).map(async ({ url }) => {
    const { headers } = await pages.match(url);
    return { url, at: +headers.get("X-Kept"), read: +headers.get("X-Read") };
  }));
}

/* The oldest copy is held against the site, once an hour at most; what was not read for long is forgotten. */
async function lookAgain() {
  const [oldest] = (await allKept()).sort((one, other) => one.at - other.at);
  if (oldest && Date.now() - oldest.read > LONGEST) {
    await (await caches.open(PAGES)).delete(oldest.url);
  } else if (oldest && Date.now() - oldest.at > HOUR) {
    await look(oldest.url, oldest.read).catch(() => {});
  }
}

async function kept(url) {
  const pages = await caches.open(PAGES);
  const found = /[?&](as_of|preview)\b/.test(url.search) ? null : await pages.match(url, { ignoreSearch: true });
  if (found) {
    const at = new Date(+found.headers.get("X-Kept"));
    const html = await found.text();
    const said = at.toLocaleString(html.match(/<html lang="([\w-]+)/)?.[1], { dateStyle: "long", timeStyle: "short" });
    return shown(html.replace(/(id="kept"[^>]*?) hidden/, "$1")
      .replace('<span class="kept__at"></span>', `<time datetime="${at.toISOString()}">${said}</time>`), found);
  }
  const prefix = Object.keys(SITE.offline).find((one) => one && url.pathname.startsWith(`${one}/`)) ?? "";
  const offline = await (await caches.open(OFFLINE)).match(SITE.offline[prefix]);
  const lines = await Promise.all((await pages.keys()).map(async ({ url: address }) => {
    const title = (await (await pages.match(address)).text()).match(/<title>([^<]*)<\/title>/)[1];
    return `<li><a href="${new URL(address).pathname}">${title}</a></li>`;
  }));
  const html = await offline.text();
  return shown(lines.length ? html.replace(/(id="kept-articles"[^>]*?) hidden/, "$1")
    .replace("<li></li>", lines.join("")) : html, offline);
}

const shown = (html, { headers }) => new Response(html, { headers });
