// Inside the frame: tells the page around it how high this document is.
(() => {
  const tell = () =>
    parent.postMessage({ airaceHeight: document.documentElement.offsetHeight }, "*");
  new ResizeObserver(tell).observe(document.documentElement);
})();
