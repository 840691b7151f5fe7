/* Puts a record's figure into an article's text: search, choose, insert at the cursor. Without scripts the link leads
   to a page with the references to copy. */
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const dialog = document.getElementById("figures");
  const body = document.getElementById("id_body");
  const opener = document.getElementById("insert-figure");
  if (!dialog?.showModal || !body || !opener) {
    return;
  }
  const PAUSE = 300;
  const part = (name) => dialog.querySelector(`.figures-${name}`);
  const search = part("search");
  const question = search.elements.namedItem("q");
  const kind = search.elements.namedItem("kind");
  const records = part("records");
  const record = part("record");
  const words = dialog.querySelector("#figures-words");
  const title = dialog.querySelector("#figures-name");
  let chosen = null;
  let running = null;
  let timer = 0;
  let asked = "";

  function made(name, text, className) {
    const element = document.createElement(name);
    element.textContent = text;
    if (className) {
      element.className = className;
    }
    return element;
  }

  /* The answer to a question; one with `error` where there is none, and null where a newer question is on its way. */
  async function ask(query) {
    running?.abort();
    running = new AbortController();
    try {
      const response = await fetch(`${dialog.dataset.answers}?${new URLSearchParams(query)}`, {
        signal: running.signal,
        headers: { Accept: "application/json" },
      });
      if (!(response.headers.get("Content-Type") ?? "").includes("json")) {
        return { error: "No answer came. You may be signed out: save what you typed in another tab first, sign in there, and search again." };
      }
      return await response.json();
    } catch (error) {
      return error.name === "AbortError" ? null : { error: "No answer came. Search again in a moment." };
    }
  }

  function told(text) {
    part("told").textContent = text;
  }

  function showRecords() {
    record.hidden = true;
    search.hidden = records.hidden = false;
  }

  async function look() {
    clearTimeout(timer);
    const query = { q: question.value.trim(), kind: kind.value };
    const wanted = JSON.stringify(query);
    if (wanted === asked) {
      return;
    }
    asked = wanted;
    if (!query.q) {
      running?.abort();
      records.replaceChildren();
      told("");
      return;
    }
    const answer = await ask(query);
    if (!answer) {
      return;
    }
    if (answer.error) {
      // The same question may be asked once more.
      asked = "";
    }
    records.replaceChildren(...(answer.records ?? []).map(line));
    told(answer.error ?? answer.told);
  }

  function line(row) {
    const item = document.createElement("li");
    const button = made("button", row.name, "figures-choose");
    button.type = "button";
    button.dataset.record = row.record;
    button.addEventListener("click", () => choose(row.record));
    item.append(button, " ", made("span", row.line ? `${row.kind}: ${row.line}` : row.kind, "note"));
    if (row.note) {
      item.append(" ", made("span", row.note, "figures-hidden"));
    }
    return item;
  }

  async function choose(address) {
    const answer = await ask({ record: address });
    if (!answer) {
      return;
    }
    if (answer.error) {
      told(answer.error);
      return;
    }
    chosen = answer;
    told("");
    title.textContent = answer.name;
    part("line").textContent = answer.line ? `${answer.kind}: ${answer.line}` : answer.kind;
    const hidden = record.querySelector(".figures-hidden");
    hidden.textContent = answer.note;
    hidden.hidden = !answer.note;
    part("mention").hidden = !answer.mention;
    part("wrong").textContent = "";
    words.placeholder = answer.name;
    words.value = selected().replace(/\s+/g, " ").trim();
    part("fields").replaceChildren(...answer.fields.map(figure));
    search.hidden = records.hidden = true;
    record.hidden = false;
    title.focus();
  }

  function figure(field) {
    const item = document.createElement("li");
    const first = document.createElement("p");
    first.append(made("strong", field.label), " ", made("span", field.text, field.unknown ? "unknown" : ""));
    if (field.exact) {
      first.append(" ", made("span", `(${field.exact})`, "note"));
    }
    item.append(first);
    if (field.evidence) {
      item.append(made("p", field.evidence, "note"));
    }
    const button = made("button", "Insert");
    button.type = "button";
    button.setAttribute("aria-label", `Insert ${field.label}: ${field.text}`);
    button.addEventListener("click", () => insert(field.token));
    item.append(button);
    return item;
  }

  function selected() {
    return body.value.slice(body.selectionStart, body.selectionEnd);
  }

  function insert(token) {
    dialog.close();
    body.focus();
    // This way the browser's own “undo” takes it back; where that is not known, it is put in all the same.
    if (!document.execCommand?.("insertText", false, token)) {
      body.setRangeText(token, body.selectionStart, body.selectionEnd, "end");
      body.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }

  function open() {
    showRecords();
    dialog.showModal();
    question.focus();
    question.select();
  }

  opener.addEventListener("click", (event) => {
    // With a key held down it opens the page in a tab of its own, as any link.
    if (!event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      open();
    }
  });
  part("close").addEventListener("click", () => dialog.close());
  part("back").addEventListener("click", () => {
    showRecords();
    (records.querySelector(`[data-record="${CSS.escape(chosen.record)}"]`) ?? question).focus();
  });
  search.addEventListener("submit", (event) => {
    event.preventDefault();
    look();
  });
  search.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  });
  part("mention").addEventListener("submit", (event) => {
    event.preventDefault();
    const label = words.value.replace(/\s+/g, " ").trim();
    if (/[|[\]]/.test(label)) {
      part("wrong").textContent = "The words of a link hold no bracket and no upright stroke. Take them out.";
      words.focus();
      return;
    }
    insert(label ? chosen.mention.replace(/\]\]$/, `|${label}]]`) : chosen.mention);
  });
});
