import * as format from './format.js';

const FINDINGS_SHOWN = 3;
const byId = (id) => document.getElementById(id);

/* Everything around the charts: who the agent is, what became of its samples, its disks, what was kept aside. */

export function showAgent(agent) {
  const status = byId('status');
  status.dataset.status = agent.status;
  status.textContent = agent.status;
  byId('agent-name').textContent = agent.id;
  document.title = `${agent.id} · SentinelJ`;
}

const VERDICTS = { ok: 'every sample is accounted for', in_flight: 'accounted for, some in flight', closing: 'accounted for, an epoch is closing', unaccounted: 'NOT every sample is accounted for' };

/** What became of the samples, as the auditor of the server found it in the database. */
export function showAudit({ totals, verdict, epochs, at }) {
  const quiet = (field, tone) => (totals[field] === 0 ? '' : tone);
  const counts = [
    ['collected', ''], ['stored', 'good'], ['quarantined', quiet('quarantined', 'warn')], ['lost', quiet('lost', 'bad')],
    ['overflow', quiet('overflow', 'warn')], ['moved', ''], ['in_flight', quiet('in_flight', 'warn')], ['unaccounted', quiet('unaccounted', 'bad')],
  ];
  const box = byId('verdict');
  box.dataset.verdict = verdict;
  box.textContent = VERDICTS[verdict];
  const findings = epochs.flatMap((epoch) => epoch.findings.map((text) => `epoch ${epoch.epoch}: ${text}`));
  box.title = [`audited at ${format.clock(Date.parse(at) / 1000)}`, ...findings].join('\n');
  box.hidden = false;
  const worst = verdict === 'unaccounted' ? findings.slice(0, FINDINGS_SHOWN) : [];
  byId('findings').hidden = worst.length === 0;
  byId('findings').textContent = [...worst, 'More: sentinel audit'].join(' · ');
  byId('counts').replaceChildren(...counts.map(([field, tone]) => {
    const count = document.createElement('div');
    count.className = 'count';
    count.id = `count-${field}`;
    count.dataset.tone = tone;
    count.dataset.value = String(totals[field]);
    const number = document.createElement('b');
    number.textContent = format.whole(totals[field]);
    const name = document.createElement('span');
    name.textContent = field.replace('_', ' ');
    count.append(number, name);
    return count;
  }));
}

export function showFilesystems(values) {
  const rows = new Map();
  for (const value of values) {
    if (value.name !== 'system.filesystem.usage') continue;
    const mount = value.labels['system.filesystem.mountpoint'];
    rows.set(mount, { ...rows.get(mount), [value.labels['system.filesystem.state']]: value.value });
  }
  byId('disks').hidden = rows.size === 0;
  byId('filesystems').replaceChildren(...[...rows].sort().map(([mount, { used = 0, free = 0 }]) => {
    const share = used + free > 0 ? used / (used + free) : 0;
    const row = document.createElement('div');
    row.className = 'fs';
    const name = document.createElement('code');
    name.textContent = name.title = mount;
    const meter = document.createElement('meter');
    Object.assign(meter, { min: 0, max: 1, low: 0.8, high: 0.92, optimum: 0, value: share });
    meter.setAttribute('aria-label', `${mount}: ${format.percent(share)} used`);
    const words = document.createElement('span');
    words.className = 'quiet';
    words.textContent = `${format.percent(share)} · ${format.bytes(free)} free`;
    row.append(name, meter, words);
    return row;
  }));
}

/** The latest rows that were kept aside; nothing is shown while there are none. */
export function showKept({ items, next_cursor: more }) {
  byId('kept').hidden = items.length === 0;
  byId('kept-more').hidden = more === '';
  byId('kept-rows').replaceChildren(...items.map((item) => {
    const row = document.createElement('div');
    row.className = 'kept';
    const reason = document.createElement('code');
    reason.textContent = item.reason;
    const detail = document.createElement('span');
    detail.textContent = detail.title = item.detail;
    const words = document.createElement('span');
    words.className = 'quiet';
    const when = format.age((Date.now() - Date.parse(item.received_at)) / 1000);
    words.textContent = `${format.whole(item.samples)} samples · ${item.replayed_at ? 'replayed' : when}`;
    row.append(reason, detail, words);
    return row;
  }));
}

/** Why there is no chart: nothing came yet, nothing came lately, or what came is of no host. */
export function showWaiting(items, agent, hours) {
  const collected = agent.epochs.some((epoch) => epoch.collected > 0);
  const host = items.some((item) => item.name.startsWith('system.'));
  const words = (title, text) => {
    byId('empty-title').textContent = title;
    byId('empty-text').textContent = text;
  };
  if (!collected) return words('Waiting for this host', 'The first samples arrive within 10 seconds.');
  if (items.length === 0) return words(`Nothing in the last ${hours} hours`, 'Older values: sentinel metrics range');
  if (host) return words('Nothing in the last 15 minutes', 'The newest values of this host stand below.');
  return words('No host metrics', 'This agent pushes metrics of its own. Their newest values stand below.');
}

/** The newest values of an agent without charts. */
export function showOwn(agent, items, limit) {
  byId('own').hidden = items.length === 0;
  byId('own-more').textContent = items.length < limit ? '' : 'More: ';
  byId('own-more').textContent += `sentinel metrics latest --agent ${agent} · over time: sentinel metrics range METRIC --agent ${agent}`;
  byId('own-rows').replaceChildren(...items.map((item) => {
    const row = document.createElement('div');
    row.className = 'own';
    const name = document.createElement('code');
    const labels = Object.entries(item.labels).map(([key, value]) => `${key}=${value}`).join(' ');
    name.textContent = name.title = labels ? `${item.name}  ${labels}` : item.name;
    const value = document.createElement('b');
    value.textContent = format.quantity(item.value, item.unit);
    const words = document.createElement('span');
    words.className = 'quiet';
    words.textContent = format.age((Date.now() - Date.parse(item.time)) / 1000);
    row.append(name, value, words);
    return row;
  }));
}
