import { ApiError, agentPath, get, metricsPath } from './api.js';
import { Chart } from './charts.js';
import * as format from './format.js';
import { showAgent, showAudit, showFilesystems, showKept, showOwn, showWaiting } from './panels.js';
import { Metric, columns, lastOf, shares } from './series.js';

const REFRESH_MILLIS = 2_000;
const SLOW_EVERY = 5;
const AUDIT_EVERY = 3;
const KEPT_SHOWN = 5;
const OWN_SHOWN = 100;
const OWN_HOURS = 24;
const MAX_CORE_LINES = 32;
const byId = (id) => document.getElementById(id);
const label = (key, value) => (labels) => labels[key] === value;

const MODES = [
  ['user', '--c1'], ['system', '--c2'], ['nice', '--c5'], ['iowait', '--c4'], ['interrupt', '--c3'], ['steal', '--c7'], ['idle', '--c6'],
];
const MEMORY = [['used', '--c1'], ['buffers', '--c3'], ['cached', '--c5']];
const LOADS = [['1m', '--c1'], ['5m', '--c2'], ['15m', '--c6']];

/** Everything shown of one agent. */
class HostView {
  constructor(agent) {
    this.agent = agent;
    this.round = 0;
    this.memoryLimit = 0;
    const metric = (name, labels) => new Metric(agent, name, labels);
    this.cpu = metric('system.cpu.time');
    this.cores = metric('system.cpu.utilization', { 'cpu.mode': 'idle' });
    this.memory = metric('system.memory.usage');
    this.disk = metric('system.disk.io');
    this.network = metric('system.network.io');
    this.loads = LOADS.map(([span]) => metric(`system.cpu.load_average.${span}`));
    const chart = (options) => new Chart(byId('charts'), options);
    this.charts = {
      cpu: chart({ id: 'cpu', title: 'CPU', format: format.percent, stacked: true, max: 1 }),
      cores: chart({ id: 'cores', title: 'CPU by core', format: format.percent, max: 1 }),
      memory: chart({ id: 'memory', title: 'Memory', format: format.bytes, stacked: true, ticks: 'binary' }),
      load: chart({ id: 'load', title: 'Load', format: format.decimal }),
      disk: chart({ id: 'disk', title: 'Disk', format: format.rate, ticks: 'binary' }),
      network: chart({ id: 'network', title: 'Network', format: format.rate, ticks: 'binary' }),
    };
  }

  async refresh() {
    const slow = this.round % SLOW_EVERY === 0;
    const audit = this.round % AUDIT_EVERY === 0;
    this.round += 1;
    const [agent] = await Promise.all([
      get(agentPath(this.agent)),
      ...[this.cpu, this.cores, this.memory, this.disk, this.network, ...this.loads].map((metric) => metric.refresh()),
      slow ? this.refreshSlow() : undefined,
      audit ? this.refreshAudit() : undefined,
    ]);
    if (this.gone) return;
    showAgent(agent);
    this.draw();
    if (slow) await this.refreshOwn(agent);
  }

  /** Programs that push metrics of their own have no chart here, so their newest values are listed. */
  async refreshOwn(agent) {
    if (this.any) return showOwn(this.agent, [], OWN_SHOWN);
    const since = new Date(Date.now() - OWN_HOURS * 3_600_000).toISOString();
    const { items } = await get(`${metricsPath(this.agent)}/latest`, { since, limit: OWN_SHOWN });
    if (this.gone || this.any) return undefined;
    showWaiting(items, agent, OWN_HOURS);
    return showOwn(this.agent, items, OWN_SHOWN);
  }

  async refreshAudit() {
    const audit = await get('/v1/audit', { agent: this.agent });
    if (!this.gone) showAudit(audit);
  }

  async refreshSlow() {
    const latest = (prefix) => get(`${metricsPath(this.agent)}/latest`, { prefix }).then((answer) => answer.items);
    const [filesystems, uptime, limit, kept] = await Promise.all([
      latest('system.filesystem.'), latest('system.uptime'), latest('system.memory.limit'),
      get('/v1/quarantine', { agent: this.agent, limit: KEPT_SHOWN }),
    ]);
    if (this.gone) return;
    this.memoryLimit = limit[0]?.value ?? 0;
    byId('uptime').textContent = uptime[0] ? `up for ${format.duration(uptime[0].value)}` : '';
    showFilesystems(filesystems);
    showKept(kept);
  }

  draw() {
    this.drawCpu();
    this.drawCores();
    this.drawMemory();
    this.drawLoad();
    this.drawPair('disk', this.disk, 'disk.io.direction', ['read', 'write'], () => true);
    const real = (labels) => labels['network.interface.name'] !== 'lo';
    const some = [...this.network.series.values()].some((one) => real(one.labels));
    this.drawPair('network', this.network, 'network.io.direction', ['receive', 'transmit'], some ? real : () => true);
    const drawn = (name) => Number(this.charts[name].card.dataset.points) > 0;
    this.any = Object.keys(this.charts).some(drawn);
    byId('empty').hidden = this.any;
    byId('charts').hidden = !this.any;
    document.body.dataset.state = this.any ? 'live' : 'empty';
    document.body.dataset.ready = String(drawn('cpu') && drawn('memory'));
  }

  drawCpu() {
    const modes = MODES.filter(([mode]) => [...this.cpu.series.values()].some((one) => one.labels['cpu.mode'] === mode));
    const data = shares(columns(this.cpu, modes.map(([mode]) => ({ match: label('cpu.mode', mode) }))));
    const busy = data.slice(1).filter((_, i) => modes[i][0] !== 'idle');
    const shown = modes.filter(([mode]) => mode !== 'idle');
    const total = busy.length === 0 ? null : data[0].length && busy.reduce((sum, list) => sum + (lastOf(list) ?? 0), 0);
    const known = busy.some((list) => lastOf(list) !== null);
    this.charts.cpu.show(shown.map(([mode, color]) => ({ label: mode, color })), [data[0], ...busy], this.cpu.now, format.percent(known ? total : null));
  }

  drawCores() {
    const numbers = [...this.cores.series.values()].map((one) => one.labels['cpu.logical_number']).filter((core) => core !== undefined)
      .sort((left, right) => left - right);
    const shown = numbers.slice(0, MAX_CORE_LINES);
    const [times, ...idle] = columns(this.cores, shown.map((core) => ({ match: label('cpu.logical_number', core) })));
    const busy = idle.map((list) => list.map((value) => (value === null ? null : 1 - value)));
    const highest = Math.max(...busy.map((list) => lastOf(list) ?? 0));
    const more = this.cores.cut || numbers.length > shown.length ? `first ${shown.length} · ` : '';
    this.charts.cores.show(shown.map((core, i) => ({ label: `core ${core}`, color: `--c${(i % 8) + 1}` })), [times, ...busy], this.cores.now,
      busy.length ? `${more}busiest ${format.percent(highest)}` : '–');
  }

  drawMemory() {
    const states = MEMORY.filter(([state]) => [...this.memory.series.values()].some((one) => one.labels['system.memory.state'] === state));
    const data = columns(this.memory, states.map(([state]) => ({ match: label('system.memory.state', state) })));
    const used = data.length > 1 ? lastOf(data[1]) : null;
    this.charts.memory.max = this.memoryLimit || undefined;
    const of = this.memoryLimit ? ` of ${format.bytes(this.memoryLimit)}` : '';
    this.charts.memory.show(states.map(([state, color]) => ({ label: state, color })), data, this.memory.now, format.bytes(used) + of);
  }

  drawLoad() {
    const all = new Metric(this.agent, 'load');
    this.loads.forEach((metric, i) => metric.series.forEach((one) => all.series.set(LOADS[i][0], { ...one, labels: { span: LOADS[i][0] } })));
    const data = columns(all, LOADS.map(([span]) => ({ match: label('span', span) })));
    this.charts.load.show(LOADS.map(([span, color]) => ({ label: span, color })), data, this.loads[0].now, format.decimal(lastOf(data[1])));
  }

  drawPair(name, metric, key, directions, wanted) {
    const data = columns(metric, directions.map((direction) => ({ match: (labels) => labels[key] === direction && wanted(labels) })));
    const lines = directions.map((direction, i) => ({ label: direction, color: `--c${i + 1}` }));
    this.charts[name].show(lines, data, metric.now, data.slice(1).map((list) => format.rate(lastOf(list))).join(' · '));
  }

  destroy() {
    this.gone = true;
    Object.values(this.charts).forEach((chart) => chart.destroy());
  }
}

let view;
let updatedAt = 0;

/**
 * Which agent the page opens on, and stays on until another is chosen: the one that enrolled first of those that are up, which
 * under `sentinel up` is that of its own host, else the one heard last.
 */
function first(items) {
  if (items.some((agent) => agent.id === view?.agent)) return view.agent;
  const up = items.filter((agent) => agent.status === 'up');
  const age = (agent) => (up.length ? -Date.parse(agent.registered_at) : Date.parse(agent.last_heard_at) || 0);
  return (up.length ? up : items).toSorted((left, right) => age(right) - age(left))[0]?.id;
}

/** Keeps the picker in step with the agents there are, and shows the chosen one. */
async function chooseAgent() {
  const { items } = await get('/v1/agents', { limit: '1000' });
  const picker = byId('agent');
  const ids = items.map((agent) => agent.id);
  if (ids.join() !== [...picker.options].map((option) => option.value).join()) {
    picker.replaceChildren(...ids.map((id) => new Option(id, id)));
  }
  picker.hidden = ids.length < 2;
  byId('agent-name').hidden = ids.length > 1;
  const wanted = decodeURIComponent(location.hash.slice(1));
  const id = ids.includes(wanted) ? wanted : first(items);
  if (id === undefined) return showNobody();
  picker.value = id;
  if (view?.agent !== id) {
    view?.destroy();
    byId('own').hidden = true;
    view = new HostView(id);
  }
  return undefined;
}

function showNobody() {
  view?.destroy();
  view = undefined;
  byId('empty-title').textContent = 'No agent has enrolled yet';
  byId('empty-text').textContent = 'Make a join token with: sentinel agents add';
  byId('empty').hidden = false;
  byId('own').hidden = true;
  document.body.dataset.state = 'empty';
}

async function refresh() {
  try {
    if (!view || view.round % SLOW_EVERY === 0) await chooseAgent();
    await view?.refresh();
    byId('banner').hidden = true;
    updatedAt = Date.now();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    byId('banner').textContent = `${error.message} Trying again every ${REFRESH_MILLIS / 1000} seconds.`;
    byId('banner').hidden = false;
    document.body.dataset.state = 'gone';
    byId('status').dataset.status = '';
    byId('status').textContent = 'unknown';
  }
}

function tick() {
  byId('updated').textContent = updatedAt ? `updated ${format.age((Date.now() - updatedAt) / 1000)}` : '';
}

async function loop() {
  for (;;) {
    if (!document.hidden) await refresh().catch((error) => console.error(error));
    await new Promise((later) => setTimeout(later, REFRESH_MILLIS));
  }
}

byId('agent').addEventListener('change', (event) => { location.hash = encodeURIComponent(event.target.value); });
window.addEventListener('hashchange', () => chooseAgent().then(() => view?.refresh()).catch(() => {}));
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => Object.values(view?.charts ?? {}).forEach((chart) => chart.repaint()));
setInterval(tick, 1000);
loop();
