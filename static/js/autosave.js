/* Keeps what is typed into the form, for this account alone, some seconds after a change and when the page is left.
   It never saves: the notice on the next opening offers to put it back. Passwords and files are not kept. */
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const mark = document.getElementById("autosave");
  const form = mark?.form;
  if (!mark || !form) {
    return;
  }
  const WAIT = Number(mark.dataset.after) * 1000;
  const told = document.createElement("p");
  told.className = "kept-note";
  // What goes well is not read out every few seconds; what goes wrong is.
  const trouble = document.createElement("p");
  trouble.className = "kept-note kept-trouble";
  trouble.setAttribute("role", "status");
  (form.querySelector(".submit-row") ?? form).append(told, trouble);

  // A page that comes back refused, or with what was typed before put back, holds what is not saved from the start.
  const holds = "holds" in mark.dataset;
  let opened = "";
  let kept = "";
  let timer = 0;
  let running = null;
  let isTouched = false;
  let isLeaving = false;
  let pressed = -Infinity;
  let isOff = false;

  function token() {
    return form.elements.namedItem("csrfmiddlewaretoken").value;
  }

  /* What the form holds, as it would be sent, without what nobody typed. */
  function typed() {
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      const isSecret = form.querySelector(`input[type="password"][name="${CSS.escape(name)}"]`);
      if (typeof value === "string" && !isSecret && name !== "csrfmiddlewaretoken" && name !== "draft") {
        body.append(name, value);
      }
    }
    return body.toString();
  }

  function body(text) {
    // Back at what is saved, there is nothing to keep.
    const sent = new URLSearchParams(text === opened && !holds ? "" : text);
    sent.set("csrfmiddlewaretoken", token());
    sent.set("draft", mark.value);
    return sent;
  }

  async function send(text) {
    try {
      const response = await fetch(mark.dataset.address, { method: "POST", body: body(text) });
      if (!(response.headers.get("Content-Type") ?? "").includes("json")) {
        throw new Error("Signed out, or an error page.");
      }
      const answer = await response.json();
      trouble.textContent = answer.error ?? "";
      told.textContent = answer.told ?? "";
      if (response.ok) {
        kept = text;
      } else {
        // What was typed elsewhere stays as it is; this page is not asked again.
        isOff = response.status === 409 || response.status === 403;
      }
    } catch {
      told.textContent = "";
      trouble.textContent = "What you type is not kept at the moment: the site does not answer, or you are signed out.";
    }
  }

  async function keep() {
    clearTimeout(timer);
    timer = 0;
    if (running) {
      soon();
      return;
    }
    const text = typed();
    if (isOff || isLeaving || text === kept) {
      return;
    }
    running = send(text);
    await running;
    running = null;
  }

  function soon() {
    isTouched = true;
    isLeaving = false;
    if (!timer && !isOff) {
      timer = setTimeout(keep, WAIT);
    }
  }

  // Other scripts fill and number the rows when the page is ready.
  setTimeout(() => {
    opened = kept = typed();
    form.addEventListener("input", soon);
    form.addEventListener("change", soon);
    for (const event of ["formset:added", "formset:removed"]) {
      document.addEventListener(event, soon);
    }
    // The autocompletes tell of a choice through jQuery alone.
    window.django?.jQuery?.(form).on("change", "select", soon);
  });

  form.addEventListener("submit", (event) => {
    if (event.submitter?.formTarget === "_blank") {
      return;
    }
    if (isLeaving && performance.now() - pressed < 2000) {
      // Pressed twice: the second would be refused, because the first has saved.
      event.preventDefault();
      return;
    }
    if (running) {
      // What is on its way arrives first, so that it is not kept after the form was saved.
      event.preventDefault();
      running.then(() => form.requestSubmit(event.submitter));
      return;
    }
    isLeaving = true;
    pressed = performance.now();
    clearTimeout(timer);
    timer = 0;
  });

  addEventListener("pageshow", (event) => {
    if (event.persisted) {
      isLeaving = false;
    }
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && timer) {
      keep();
    }
  });
  addEventListener("pagehide", () => {
    const text = typed();
    if (isTouched && !isLeaving && !isOff && text !== kept) {
      navigator.sendBeacon(mark.dataset.address, body(text));
    }
  });
});
