// guard.js - what brings a page back that hangs on a wall where nobody touches it.
//
// It is loaded anew when its timers stand still, when its code has failed, when the server has
// another build of it, and once a day at night. Never when the server cannot be reached: a browser
// that loads an error page has no code any more that could come back.

const STALL_MS = 20000;
const ONE_LOAD_MS = 60000;
const DAY_MS = 24 * 3600 * 1000;

const loaded = performance.now();
let ticked = performance.now();
let isReloading = false;

function reload(why) {
  if (isReloading) return;
  isReloading = true;
  const soonest = Math.max(0, loaded + ONE_LOAD_MS - performance.now());
  const attempt = () => fetch('/index.html', {method: 'HEAD', cache: 'no-store'})
    .then(answer => {
      if (!answer.ok) throw new Error(answer.status);
      location.reload();
    })
    .catch(() => setTimeout(attempt, 10000));
  console.warn(`loading anew: ${why}`);
  setTimeout(attempt, why === 'build' ? Math.random() * 3000 : soonest);
}

let build = '';
export function seeBuild(text) {
  if (build && text && text !== build) reload('build');
  build = build || text;
}

// The page's own tick, every quarter of a second; hour: of the engine's clock.
export function tick(hour) {
  const now = performance.now();
  if (now - ticked > STALL_MS) reload('stalled');
  ticked = now;
  const age = now - loaded;
  if ((age > DAY_MS && hour === 4) || age > 1.25 * DAY_MS) reload('daily');
}

export function start() {
  addEventListener('error', () => reload('error'));
  addEventListener('unhandledrejection', () => reload('error'));
  const watch = new Worker('/watch.js');
  watch.onmessage = () => {
    if (performance.now() - ticked > STALL_MS) reload('stalled');
  };
}
