// Popovers and dialogs: native ones; this only fills what a browser still lacks, and closes a menu after a choice.
const anchored = CSS.supports("position-area: block-end");
const commands = "commandForElement" in HTMLButtonElement.prototype;

function place(popover, button) {
  const box = button.getBoundingClientRect();
  const width = popover.offsetWidth;
  const height = popover.offsetHeight;
  const start = popover.classList.contains("end") ? box.right - width : box.left;
  const below = box.bottom + 4;
  popover.style.left = `${Math.max(8, Math.min(start, innerWidth - width - 8))}px`;
  popover.style.top = `${below + height > innerHeight && box.top > height ? box.top - height - 4 : below}px`;
}

if (!anchored) {
  document.addEventListener("toggle", (event) => {
    if (event.newState !== "open" || innerWidth < 800) return;
    const button = document.querySelector(`[popovertarget="${CSS.escape(event.target.id)}"]`);
    if (button) place(event.target, button);
  }, true);
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[commandfor]");
  if (opener && !commands) {
    const dialog = document.getElementById(opener.getAttribute("commandfor"));
    if (opener.getAttribute("command") === "close") dialog?.close();
    else dialog?.showModal();
  }
  if (event.target.matches("dialog[open]")) event.target.close();
  const choice = event.target.closest(".menu-item:not([popovertarget])");
  choice?.closest("[popover]")?.hidePopover();
});
