/* Keyboard of the desk: a key does what the element marked data-key="…" does. */
(() => {
  "use strict";
  const isField = (element) => element.matches("input, textarea, select");

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (isField(event.target)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (!target || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    if (isField(target)) target.focus();
    else target.click();
  });

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open]");
    if (opener) document.getElementById(opener.dataset.open).showModal();
  });

  /* The chosen story stays in sight when the list is longer than the screen. */
  document.querySelector(".desk-list [aria-current]")?.scrollIntoView({ block: "nearest" });
})();

/* A date field says what was understood of it. */
(() => {
  "use strict";
  const address = "/admin/dates/understood/?date=";
  const say = async (field) => {
    let output = field.parentElement.querySelector("output.desk-understood");
    if (!output) {
      output = document.createElement("output");
      output.className = "desk-understood";
      field.after(output);
    }
    if (!field.value.trim()) { output.textContent = ""; return; }
    const asked = field.value;
    const answer = await (await fetch(address + encodeURIComponent(asked))).json();
    if (field.value !== asked) return;
    output.textContent = answer.text;
    output.classList.toggle("desk-error", !answer.ok);
  };
  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-edtf]")) say(event.target);
  });
  document.querySelectorAll("[data-edtf]").forEach((field) => { if (field.value) say(field); });
})();
