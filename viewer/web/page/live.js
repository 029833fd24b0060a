// live.js - the one connection: it opens, listens, and opens again, for months.
//
// Waiting doubles from a third of a second to ten, with some chance in it, so that a hundred
// screens do not come back in the same instant. A connection that says nothing is given up.

const WAIT_FIRST_MS = 300;
const WAIT_MAX_MS = 10000;
const SILENT_MS = 15000;

export class Live {
  constructor(onMessage) {
    this.onMessage = onMessage;
    this.wait = WAIT_FIRST_MS;
    this.socket = null;
    this.timer = 0;
    this.heard = performance.now();
    this.lostAt = 0; // performance time; 0: the connection stands
    this.open();
  }

  open() {
    this.timer = 0;
    const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
    const socket = new WebSocket(`${scheme}//${location.host}/live`);
    this.socket = socket;
    this.heard = performance.now();
    socket.onmessage = event => {
      if (socket !== this.socket) return;
      this.heard = performance.now();
      this.lostAt = 0;
      this.wait = WAIT_FIRST_MS;
      this.onMessage(JSON.parse(event.data));
    };
    socket.onclose = () => {
      if (socket === this.socket) this.again();
    };
  }

  again() {
    const old = this.socket;
    this.socket = null;
    if (old) {
      old.onmessage = old.onclose = null;
      old.close();
    }
    this.lostAt = this.lostAt || performance.now();
    if (this.timer) return;
    this.timer = setTimeout(() => this.open(), this.wait * (0.75 + Math.random() / 2));
    this.wait = Math.min(this.wait * 2, WAIT_MAX_MS);
  }

  // Called every second or so: a half-open connection never closes by itself.
  look() {
    if (this.socket && performance.now() - this.heard > SILENT_MS) this.again();
  }

  lostFor() {
    return this.lostAt ? performance.now() - this.lostAt : 0;
  }
}
