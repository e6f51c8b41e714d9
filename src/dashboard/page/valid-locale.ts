/**
 * Chromium under the POSIX locale calls its language `en-US@posix`, which no `Intl` function takes; uPlot asks for it
 * when it is loaded, and the page would stay empty. Imported before it.
 */
try {
  new Intl.NumberFormat(navigator.language);
} catch {
  Object.defineProperty(navigator, "language", { value: "en-US" });
}
