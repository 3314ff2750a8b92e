// On the page around the frame, if its author wants heights to follow:
// <script src="https://OUR.HOST/static/timeline/embed.js" defer></script>
addEventListener("message", (event) => {
  const height = Number(event.data && event.data.airaceHeight);
  if (!(height > 0)) return;
  for (const frame of document.querySelectorAll("iframe")) {
    if (frame.contentWindow === event.source) frame.height = Math.min(Math.ceil(height), 20000);
  }
});
