// words.js - what the page says, in Chinese and English, and how it says terms and times.
//
// Times are never converted: a stamp is shown as the engine wrote it, in the engine's zone.

const WORDS = {
  zh: {
    title: '政务服务电子监察', subtitle: '办件时限 · 实时公示', replay: '回放时钟',
    numbers: '各级牌数', open: '在办件', cases: n => `累计收件 ${n}`,
    tail: '尾号', withdrawn: n => `最新在上 · 累计撤销 ${n} 牌`, raised: n => `累计 ${n}`,
    feed: '实时发牌', feed_more: '最新在上', no_cards: '尚未发牌',
    no_cards_more: '一有预警、黄牌或红牌，立即显示在这里',
    ranking: '部门排名', ranking_more: '现有牌数', no_orgs: '各部门均无现有牌', no_org: '未注明部门',
    hours: '近 24 小时发牌', days: '近 30 日发牌', per_hour: '每小时', per_day: '每日',
    no_bars: '这段时间没有发牌', sources: '数据来源', no_sources: '尚无数据来源接入',
    sources_more: (ok, all) => (ok === all ? `全部正常 · ${all} 个` : `${all - ok} 个静默 / 共 ${all} 个`),
    source_ok: at => (at ? `正常 · 最近 ${at}` : '正常'),
    source_silent: at => `无法判断 自 ${at}`,
    privacy: '本页不含个人信息', link_live: '实时', link_starting: '正在连接…',
    link_stopped: '数据中断', stopped: '数据中断', since: at => `自 ${at} 起`,
    lasted: text => `已 ${text}`, why_engine: '监察引擎没有心跳，本页内容已停止更新',
    why_server: '与网页服务的连接中断，正在自动重新连接…',
    why_start: '尚未收到数据，正在连接…',
    behind: (have, head) => `正在读取历史记录 ${have} / ${head}`,
    missed: n => `有 ${n} 条历史记录已不在引擎中，未计入`, estimate: '牌数过多，统计为估计值',
    levels: {warn: '预警', yellow: '黄牌', red: '红牌'},
    short: {},
    states: {withdrawn: '撤销'},
    over: text => `超期 ${text}`, used: text => `已用 ${text}`, limit: text => `时限 ${text}`,
    units: {minute: '分钟', hour: '小时', workminute: '工作分钟', workhour: '工作小时', day: '日',
      week: '周', workday: '个工作日', month: '个月', year: '年'},
    weekdays: ['星期日', '星期一', '星期二', '星期三', '星期四', '星期五', '星期六'],
    date: (y, m, d, w) => `${y}年${m}月${d}日 ${w}`, day: (m, d) => `${m}月${d}日`,
    span: (h, m, s) => (h ? `${h} 小时 ${m} 分 ${s} 秒` : m ? `${m} 分 ${s} 秒` : `${s} 秒`),
    said: (level, org, item) => `${level}：${org}，${item}`,
  },
  en: {
    title: 'Public service monitoring', subtitle: 'Time limits, live', replay: 'replayed time',
    numbers: 'Cards by level', open: 'Open cases', cases: n => `${n} in all`,
    tail: 'last 4', withdrawn: n => `newest first · ${n} withdrawn in all`, raised: n => `${n} raised in all`,
    feed: 'Live', feed_more: 'newest first', no_cards: 'No card yet',
    no_cards_more: 'Warnings, yellow and red cards appear here the moment they are raised',
    ranking: 'Departments', ranking_more: 'cards standing', no_orgs: 'No department has a card', no_org: 'no department given',
    hours: 'Cards of the last 24 hours', days: 'Cards of the last 30 days', per_hour: 'per hour',
    per_day: 'per day', no_bars: 'No card in this time', sources: 'Sources',
    no_sources: 'No source connected yet',
    sources_more: (ok, all) => (ok === all ? `all well · ${all}` : `${all - ok} of ${all} silent`),
    source_ok: at => (at ? `well · last ${at}` : 'well'),
    source_silent: at => `cannot judge since ${at}`,
    privacy: 'No personal data on this page', link_live: 'live', link_starting: 'connecting…',
    link_stopped: 'no data', stopped: 'No data', since: at => `since ${at}`,
    lasted: text => `for ${text}`,
    why_engine: 'The engine gives no sign of life: this page has stopped',
    why_server: 'The connection to the web server is lost, reconnecting…',
    why_start: 'Nothing has come yet, connecting…',
    behind: (have, head) => `reading history ${have} / ${head}`,
    missed: n => `${n} old records are no longer kept and not counted`,
    estimate: 'too many cards: counts are estimates',
    levels: {warn: 'Warning', yellow: 'Yellow card', red: 'Red card'},
    short: {yellow: 'Yellow', red: 'Red'},
    states: {withdrawn: 'Withdrawn'},
    over: text => `${text} over`, used: text => `${text} used`, limit: text => `limit ${text}`,
    units: {minute: 'minute', hour: 'hour', workminute: 'work minute', workhour: 'work hour',
      day: 'day', week: 'week', workday: 'workday', month: 'month', year: 'year'},
    weekdays: ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'],
    date: (y, m, d, w) => `${w}, ${y}-${String(m).padStart(2, '0')}-${String(d).padStart(2, '0')}`,
    day: (m, d) => `${String(m).padStart(2, '0')}-${String(d).padStart(2, '0')}`,
    span: (h, m, s) => (h ? `${h} h ${m} min ${s} s` : m ? `${m} min ${s} s` : `${s} s`),
    said: (level, org, item) => `${level}: ${org}, ${item}`,
  },
};

function chosen() {
  const asked = new URLSearchParams(location.search).get('lang');
  const all = [asked, ...(navigator.languages || [navigator.language])];
  for (const one of all) {
    if (/^zh/i.test(one || '')) return 'zh';
    if (/^en/i.test(one || '')) return 'en';
  }
  return 'en';
}

export const language = chosen();
export const words = WORDS[language];

const grouped = new Intl.NumberFormat('en-US');
export const count = n => (Number.isFinite(n) ? grouped.format(n) : '–');

// "7 workday" as a person says it. What is no term is shown as it is.
export function term(text) {
  const match = /^(\d+(?:\.\d+)?) (\w+?)s?$/.exec(text || '');
  if (!match || !(match[2] in words.units)) return text || '';
  const plural = language === 'en' && match[1] !== '1' ? 's' : '';
  return `${match[1]} ${words.units[match[2]]}${plural}`;
}

export const isNothing = text => !text || /^0 /.test(text);

export const level = name => words.levels[name] || name;
export const levelShort = name => words.short[name] || level(name);
export const levelClass = name => (name in words.levels ? `level-${name}` : 'level-other');
export const levelShape = name => (name in words.levels ? `#shape-${name}` : '#shape-other');

// The parts of an RFC 3339 stamp, as written.
export function stamp(text) {
  const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)$/.exec(text || '');
  if (!match) return null;
  const [, year, month, day, time, zone] = match;
  return {year: +year, month: +month, day: +day, time, zone, date: text.slice(0, 10)};
}

export const zoneMs = zone => (zone === 'Z' ? 0 :
  (zone[0] === '-' ? -60000 : 60000) * (+zone.slice(1, 3) * 60 + +zone.slice(4, 6)));

export function zoneName(zone) {
  if (zone === 'Z') return 'UTC';
  const hours = String(+zone.slice(1, 3));
  return `UTC${zone[0]}${hours}${zone.slice(4) === '00' ? '' : zone.slice(3)}`;
}

export function dateText(at) {
  const weekday = words.weekdays[new Date(Date.UTC(at.year, at.month - 1, at.day)).getUTCDay()];
  return words.date(at.year, at.month, at.day, weekday);
}

export function spanText(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  return words.span(Math.floor(s / 3600), Math.floor(s / 60) % 60, s % 60);
}
