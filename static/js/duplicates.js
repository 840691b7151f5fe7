/* Looks for pledges that may be the one in the form while it is typed, and lists them beside it with links. Without
   scripts the first save of a new pledge does the same. */
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const panel = document.getElementById("duplicates");
  const form = document.getElementById("pledge_form");
  if (!panel || !form) {
    return;
  }
  const found = panel.querySelector(".duplicates-found");
  const note = panel.querySelector(".duplicates-note");
  const tick = panel.querySelector('input[name="another_than"]');
  const WATCHED = /^(donor|recipient|amount|currency|announced_on|part_of|supersedes|valuations-\d+-(amount|currency|DELETE))$/;
  const PAUSE = 500;
  // What is still being typed is not asked about: a number, a currency and a date have to be whole.
  const AMOUNT = /^[0-9][0-9, ]*(\.[0-9]{1,2})?$/;
  const CURRENCY = /^[A-Za-z]{3}$/;
  const DAY = "([0-9]{4}|[0-9]{3}X|XXXX)[?~%]?(-([0-9]{2}|XX)[?~%]?(-([0-9]{2}|XX)[?~%]?)?)?";
  const DATE = new RegExp(`^(${DAY}|(${DAY}|[.]{2})?/(${DAY}|[.]{2})?)$`);
  let timer = 0;
  let running = null;
  let asked = question();

  function value(name) {
    return form.elements.namedItem(name)?.value?.trim() ?? "";
  }

  /* What the form holds, as the address that asks for it; "" as long as there is no donor, or something is not whole. */
  function question() {
    const isHalf =
      (value("amount") && !AMOUNT.test(value("amount"))) ||
      (value("currency") && !CURRENCY.test(value("currency"))) ||
      (value("announced_on") && !DATE.test(value("announced_on")));
    if (!value("donor") || isHalf) {
      return "";
    }
    const query = new URLSearchParams();
    for (const name of ["donor", "recipient", "amount", "currency", "announced_on"]) {
      query.set(name, value(name));
    }
    for (const row of form.querySelectorAll('input[name^="valuations-"][name$="-amount"]')) {
      const prefix = row.name.replace(/amount$/, "");
      const deleted = form.elements.namedItem(`${prefix}DELETE`)?.checked;
      if (AMOUNT.test(row.value.trim()) && CURRENCY.test(value(`${prefix}currency`)) && !deleted) {
        query.append("equivalent", `${row.value.trim()} ${value(`${prefix}currency`)}`);
      }
    }
    for (const key of [panel.dataset.besides, value("part_of"), value("supersedes")]) {
      if (key) {
        query.append("besides", key);
      }
    }
    return `${panel.dataset.url}?${query}`;
  }

  function made(name, text, className) {
    const element = document.createElement(name);
    element.textContent = text;
    element.className = className ?? "";
    return element;
  }

  function line(row) {
    const item = document.createElement("li");
    const link = made("a", row.title);
    link.href = row.url;
    link.target = "_blank";
    link.rel = "noopener";
    link.append(made("span", " (opens in a new tab)", "visually-hidden"));
    item.append(link, " ", made("span", row.line, "line"), " ", made("span", row.why, "note"));
    return item;
  }

  function show(answer) {
    note.textContent = answer.error ? `The ledger has not been searched for the same pledge yet. ${answer.error}` : "";
    const rows = answer.rows ?? [];
    panel.classList.toggle("has-some", rows.length > 0);
    if (rows.length === 0) {
      found.replaceChildren();
    } else {
      const details = document.createElement("details");
      // On a narrow screen the number alone: the list would hide the form.
      details.open = found.querySelector("details")?.open ?? !matchMedia("(max-width: 767px)").matches;
      const list = document.createElement("ul");
      list.append(...rows.map(line));
      if (answer.more) {
        list.append(made("li", `and ${answer.more} more`));
      }
      details.append(made("summary", answer.told), list);
      found.replaceChildren(details);
    }
    if (tick) {
      // A tick is about the pledges that were listed; it does not cover one that has come since.
      const seen = new Set(tick.value.split(" "));
      const keys = answer.keys ?? "";
      if (keys.split(" ").some((key) => key && !seen.has(key))) {
        tick.checked = false;
      }
      tick.value = keys;
    }
  }

  async function ask() {
    const address = question();
    if (address === asked) {
      return;
    }
    asked = address;
    running?.abort();
    if (!address) {
      show({});
      return;
    }
    running = new AbortController();
    try {
      const response = await fetch(address, { signal: running.signal, headers: { Accept: "application/json" } });
      if (!(response.headers.get("Content-Type") ?? "").includes("json")) {
        // Signed out, or the server is away: saving looks again.
        show({});
        return;
      }
      show(await response.json());
    } catch (error) {
      if (error.name !== "AbortError") {
        show({});
      }
    }
  }

  function soon(event) {
    if (WATCHED.test(event.target?.name ?? "")) {
      clearTimeout(timer);
      timer = setTimeout(ask, PAUSE);
    }
  }

  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  // The autocompletes tell of a choice through jQuery alone.
  window.django?.jQuery?.(form).on("change", "select", soon);

  // A new form can come filled, or come back with another error: what it holds has not been looked for in a list yet.
  if (!panel.dataset.besides && !found.children.length) {
    asked = "";
    ask();
  }
});
