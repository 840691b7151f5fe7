/* Shows the time in UTC beside a day, a time and a zone while they are typed. What the zone's clocks show twice or
   never is said at once; the page that comes back after saving lets the editor choose. The server has the last word. */
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const HOUR = 3600000;
  const MONTHS = [
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
  ];
  const clocks = new Map();

  function clockOf(zone) {
    if (!clocks.has(zone)) {
      clocks.set(
        zone,
        new Intl.DateTimeFormat("en-GB", {
          timeZone: zone, calendar: "gregory", numberingSystem: "latn", hourCycle: "h23", era: "short",
          year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric",
        }),
      );
    }
    return clocks.get(zone);
  }

  // A time without a zone is counted as if it were in UTC. Date.UTC would read the year 50 as 1950.
  function counted(year, month, day, hour, minute, second) {
    const date = new Date(0);
    date.setUTCFullYear(year, month - 1, day);
    date.setUTCHours(hour, minute, second);
    return date.getTime();
  }

  function shownAt(moment, zone) {
    const found = Object.fromEntries(clockOf(zone).formatToParts(moment).map((part) => [part.type, part.value]));
    const year = found.era.startsWith("B") ? 1 - found.year : found.year;
    return counted(year, found.month, found.day, found.hour, found.minute, found.second);
  }

  function momentsShowing(local, zone) {
    const offsets = new Set();
    for (let hours = -30; hours <= 30; hours += 1) {
      const near = local + hours * HOUR;
      offsets.add(shownAt(near, zone) - near);
    }
    return [...offsets].map((offset) => local - offset).filter((moment) => shownAt(moment, zone) === local);
  }

  const two = (number) => String(number).padStart(2, "0");

  function inWords(moment) {
    const date = new Date(moment);
    const time = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;
    const seconds = date.getUTCSeconds() ? `:${two(date.getUTCSeconds())}` : "";
    return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}, ${time}${seconds} UTC`;
  }

  function told(day, time, zone) {
    const date = day.match(/^(\d{4})-(\d\d)-(\d\d)$/);
    const clock = time.match(/^(\d\d):(\d\d)(?::(\d\d))?/);
    if (!date || !clock || !zone) {
      return "";
    }
    const local = counted(...date.slice(1).map(Number), ...clock.slice(1).map((part) => Number(part || 0)));
    const found = momentsShowing(local, zone);
    if (found.length === 1) {
      return inWords(found[0]);
    }
    return found.length
      ? `The clocks of ${zone} show this time twice. When you save, the page asks which one is meant.`
      : `The clocks of ${zone} leave this time out. When you save, the page offers the two nearest.`;
  }

  for (const field of document.querySelectorAll("[data-moment]")) {
    const part = (name) => field.querySelector(`[data-moment-part="${name}"]`);
    const shown = field.querySelector("[data-moment-utc]");
    const choices = field.querySelector("[data-moment-choices]");
    const typed = () => ["day", "time", "zone"].map((name) => part(name).value);
    const first = { typed: typed().join(), text: shown.textContent };

    field.addEventListener("input", (event) => {
      const unchanged = typed().join() === first.typed;
      if (choices) {
        // The two to choose from belong to the time that was sent, and to no other.
        choices.hidden = choices.disabled = !unchanged;
      }
      if (event.target.matches("[data-moment-part]")) {
        shown.textContent = unchanged && choices ? first.text : told(...typed());
      }
    });
  }
});
