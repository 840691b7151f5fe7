// Lists change without loading the page anew: the same addresses, the same pages, of which the list alone is exchanged.
// Whatever does not work this way is followed as an ordinary link.

const region = () => document.querySelector("[data-list]");
let asked = null;

function opened() {
  const state = new Map();
  for (const one of region().querySelectorAll("details[data-keep]")) state.set(one.dataset.keep, one.open);
  return state;
}

function exchange(text) {
  const fresh = new DOMParser().parseFromString(text, "text/html");
  const next = fresh.querySelector("[data-list]");
  if (!next) return false;
  const state = opened();
  region().replaceWith(document.adoptNode(next));
  for (const one of region().querySelectorAll("details[data-keep]")) {
    if (state.get(one.dataset.keep)) one.open = true;
  }
  document.title = fresh.title;
  for (const link of ["link[rel=canonical]", "link[rel=alternate]"]) {
    document.head.querySelectorAll(link).forEach((one) => one.remove());
    fresh.head.querySelectorAll(link).forEach((one) => document.head.append(document.adoptNode(one)));
  }
  region().querySelector("#count").focus({ preventScroll: true });
  return true;
}

async function show(address, { push, scroll } = {}) {
  if (asked) asked.abort();
  const own = (asked = new AbortController());
  region().setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(address, { signal: own.signal, headers: { Accept: "text/html" } });
    if (!answer.ok || !exchange(await answer.text())) throw new Error("not a list");
    if (push) history.pushState({ list: true }, "", answer.url);
    if (scroll) region().scrollIntoView();
  } catch (fault) {
    if (fault.name !== "AbortError") location.assign(address);
  }
}

const isHere = (url) => url.origin === location.origin && url.pathname === location.pathname;

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-list] :is(.filters, .chips, .pages, .list__views, .none, thead) a[href]");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const url = new URL(link.href);
  if (!isHere(url) || link.target) return;
  event.preventDefault();
  show(url.href, { push: true, scroll: Boolean(link.closest(".pages")) });
});

document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-list] form[method=get]");
  if (!form || event.defaultPrevented) return;
  const url = new URL(form.action);
  if (!isHere(url)) return;
  event.preventDefault();
  const values = new FormData(form, event.submitter);
  url.search = new URLSearchParams([...values].filter(([, value]) => value !== ""));
  show(url.href, { push: true });
});

addEventListener("popstate", (event) => {
  // A jump within the page has no state of ours.
  if (event.state?.list && region()) show(location.href);
});
history.replaceState({ list: true }, "");
