// watch.js - a clock outside the page's own thread: it knocks, and the page looks whether its own
// timers still run.
setInterval(() => postMessage('knock'), 5000);
