// Countdown: time[data-due] keeps telling the time left in words; data-warn and data-due colour it; data-late words lateness.
const language = document.documentElement.lang || "en";
const unit = (value, name) => new Intl.NumberFormat(language, { style: "unit", unit: name, unitDisplay: "short" }).format(value);

function words(seconds) {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return unit(minutes, "minute");
  if (minutes < 1440) return minutes % 60 ? `${unit(Math.floor(minutes / 60), "hour")} ${unit(minutes % 60, "minute")}` : unit(minutes / 60, "hour");
  return new Intl.NumberFormat(language, { style: "unit", unit: "day", unitDisplay: "long" }).format(Math.floor(minutes / 1440));
}

function tick() {
  const now = Date.now();
  for (const time of document.querySelectorAll("time[data-due]")) {
    const left = (Date.parse(time.dataset.due) - now) / 1000;
    const late = left < 0;
    const text = late ? time.dataset.late.replace("%s", words(-left)) : words(left);
    if (time.textContent !== text) time.textContent = text;
    time.classList.toggle("lapsed", late);
    time.classList.toggle("warned", !late && now >= Date.parse(time.dataset.warn));
  }
}

setInterval(() => { if (!document.hidden) tick(); }, 10000);
document.addEventListener("visibilitychange", tick);
