// All of our own script. Every page works without it.
(() => {
  const details = () => document.querySelectorAll("#timeline details[id]");
  let open = new Set();
  let shown = 0;

  // What stood open stays open when the list and its counts are replaced.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id === "timeline") {
      open = new Set([...details()].filter((one) => one.open).map((one) => one.id));
    }
    shown = document.querySelectorAll(".event").length;
  });

  document.addEventListener("htmx:afterSettle", (event) => {
    const target = event.detail.elt;
    if (target.id === "timeline") {
      for (const one of details()) one.open = one.open || open.has(one.id);
      const total = document.querySelector("#timeline .folio strong");
      document.getElementById("announce").textContent = total ? total.textContent : "";
    } else if (!target.closest("#live")) {
      // “Older events” was pressed and is gone: the focus goes on with the first new event.
      const next = document.querySelectorAll(".event h3 a")[shown];
      if (next && document.activeElement === document.body) next.focus({ preventScroll: true });
    }
  });
})();
