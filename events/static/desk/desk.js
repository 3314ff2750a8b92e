/* Keyboard of the desk: a key does what the element marked data-key="…" does. */
(() => {
  "use strict";
  const isTyping = (element) => element.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=button], [type=submit])") || element.isContentEditable;
  const opened = () => document.querySelector(".desk-drop[open]");

  const closeDrop = () => {
    const drop = opened();
    if (!drop) return;
    drop.open = false;
    drop.querySelector("summary").focus();
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      if (opened()) closeDrop();
      else if (isTyping(event.target)) event.target.blur();
      return;
    }
    if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
    const reason = opened()?.querySelector(`[data-digit="${CSS.escape(event.key)}"]`);
    const target = reason || document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (!target) return;
    event.preventDefault();
    if (isTyping(target)) target.focus();
    else target.click();
  });

  /* Opening a panel leads into it; a click beside it closes it. */
  document.addEventListener("toggle", (event) => {
    if (event.target.matches(".desk-drop[open]")) event.target.querySelector("[data-first]")?.focus();
  }, true);
  document.addEventListener("click", (event) => {
    const drop = opened();
    if (drop && !drop.contains(event.target)) drop.open = false;
    const opener = event.target.closest("[data-open]");
    if (opener) document.getElementById(opener.dataset.open).showModal();
  });

  /* The chosen story stays in sight when the list is longer than the screen. */
  const list = document.querySelector(".desk-list");
  const chosen = list?.querySelector("[data-chosen]");
  if (chosen && chosen.offsetTop + chosen.offsetHeight > list.clientHeight) list.scrollTop = chosen.offsetTop - 80;
})();

/* Fields that answer while one types: dates say what was understood, names are offered,
   Markdown is shown as readers will see it. Each does without when the answer does not come. */
(() => {
  "use strict";
  const asked = async (address, sent = {}) => {
    const answer = await fetch(address, sent);
    return answer.ok ? answer.json() : null;
  };
  const after = (field, tag, name) => {
    let output = field.parentElement.querySelector(`.${name}`);
    if (!output) {
      output = document.createElement(tag);
      output.className = name;
      field.after(output);
    }
    return output;
  };

  const sayDate = async (field) => {
    const output = after(field, "output", "desk-understood");
    const value = field.value.trim();
    const answer = value && await asked(`/admin/dates/understood/?date=${encodeURIComponent(value)}`);
    if (field.value.trim() !== value) return;
    output.textContent = answer ? answer.text : "";
    output.classList.toggle("desk-error", Boolean(answer) && !answer.ok);
  };

  const offer = async (field) => {
    const value = field.value.trim();
    const list = after(field, "datalist", "desk-offers");
    list.id ||= `offers-${Math.random().toString(36).slice(2)}`;
    field.setAttribute("list", list.id);
    if (value.length < 2) return;
    const answer = await asked(`/admin/lookup/${field.dataset.lookup}/?q=${encodeURIComponent(value)}`);
    if (!answer || field.value.trim() !== value) return;
    list.replaceChildren(...answer.found.map((one) => Object.assign(document.createElement("option"), one)));
  };

  const render = async (field) => {
    const output = after(field, "div", "desk-rendered");
    const value = field.value;
    output.hidden = !/[*_`\[\]\n>-]/.test(value);
    if (output.hidden) return;
    const answer = await asked("/admin/preview/summary/", {
      method: "POST",
      headers: { "X-CSRFToken": document.querySelector("[name=csrfmiddlewaretoken]").value },
      body: new URLSearchParams({ text: value }),
    });
    if (answer && field.value === value) output.innerHTML = answer.html;
  };

  const kinds = [["[data-edtf]", sayDate, 150], ["[data-lookup]", offer, 200], ["[data-preview]", render, 300]];
  const timers = new WeakMap();
  document.addEventListener("input", (event) => {
    for (const [selector, answer, wait] of kinds) {
      if (!event.target.matches(selector)) continue;
      clearTimeout(timers.get(event.target));
      timers.set(event.target, setTimeout(answer, wait, event.target));
    }
  });
  for (const [selector, answer] of [kinds[0], kinds[2]]) {
    document.querySelectorAll(selector).forEach((field) => { if (field.value && !field.closest(".errors, .desk-wrong")) answer(field); });
  }
})();

/* What unfold and select2 leave unsaid to whoever listens to the page. */
(() => {
  "use strict";
  document.getElementById("main")?.setAttribute("role", "main");
  const name = (element, label) => element?.setAttribute("aria-label", label);
  const nameAll = () => {
    document.querySelectorAll("td[data-label] :is(select, textarea, input:not([type=hidden]))").forEach((field) => name(field, field.closest("td").dataset.label));
    document.querySelectorAll("select.admin-autocomplete").forEach((field) => {
      const said = document.querySelector(`label[for="${field.id}"]`)?.textContent.trim() || field.getAttribute("aria-label") || "Choice";
      field.parentElement.querySelectorAll("[role=combobox], [role=textbox], .select2-search__field").forEach((part) => { part.removeAttribute("aria-labelledby"); name(part, said); });
    });
    document.querySelectorAll(".simplebar-content-wrapper").forEach((box, at) => name(box, at ? `Scrollable part ${at + 1}` : "Menu"));
  };
  window.addEventListener("load", () => setTimeout(nameAll, 200));  // after select2 has built its own
})();
