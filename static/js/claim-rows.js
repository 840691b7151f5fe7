/* Keeps a claim's field in step with the rows above it: a row that is added can be claimed at once, and when one is
   removed, claims on the rows after it follow to their new numbers. Without scripts a claim finds the first rows. */
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const parts = new Map(
    [...document.querySelectorAll("[data-claim-part]")].map((mark) => [mark.dataset.claimRows, mark.dataset.claimPart]),
  );
  const selects = () => document.querySelectorAll('.claims select[name$="-about"]');
  const total = (prefix) => Number(document.getElementById(`id_${prefix}-TOTAL_FORMS`).value);

  function groupsOf(select, part) {
    return [...select.querySelectorAll("optgroup")].filter((group) =>
      group.querySelector(`option[value^="${part}.row"]`),
    );
  }

  function offer(select, part, index) {
    const groups = groupsOf(select, part);
    const last = groups.at(-1);
    // The page offers the first rows from the start, and after a failed save all that were typed.
    if (!last || groups.some((group) => group.querySelector(`option[value^="${part}.row${index}."]`))) {
      return;
    }
    const group = last.cloneNode(true);
    group.label = group.label.replace(/\d+$/, index + 1);
    for (const option of group.querySelectorAll("option")) {
      option.value = option.value.replace(/\.row\d+\./, `.row${index}.`);
      option.textContent = option.textContent.replace(/ in row \d+/, ` in row ${index + 1}`);
      option.selected = false;
    }
    last.after(group);
  }

  document.addEventListener("formset:added", (event) => {
    const part = parts.get(event.detail.formsetName);
    if (part) {
      selects().forEach((select) => offer(select, part, total(event.detail.formsetName) - 1));
    }
  });

  document.addEventListener("formset:removed", (event) => {
    const prefix = event.detail.formsetName;
    const part = parts.get(prefix);
    if (!part) {
      return;
    }
    // The rows that are left still have their old numbers here.
    let removed = 0;
    while (removed < total(prefix) && document.getElementById(`${prefix}-${removed}`)) {
      removed += 1;
    }
    for (const select of selects()) {
      const found = select.value.match(/^(.+)\.row(\d+)\.(.+)$/);
      if (found && found[1] === part && Number(found[2]) >= removed) {
        select.value = Number(found[2]) === removed ? "" : `${part}.row${Number(found[2]) - 1}.${found[3]}`;
      }
    }
  });
});
