import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as common from '@grafana/grafana-foundation-sdk/common'
import * as dashboards from '@grafana/grafana-foundation-sdk/dashboard'
import * as prometheus from '@grafana/grafana-foundation-sdk/prometheus'
import * as stat from '@grafana/grafana-foundation-sdk/stat'
import * as timeseries from '@grafana/grafana-foundation-sdk/timeseries'

/** The dashboard for Grafana. `npm run dashboard` writes dashboards/longhaul.json. */

/** A curve: its query, and what it is called. `JOB` stands for the jobs that are chosen, `RATE` for a window of rates. */
type Curve = readonly [query: string, legend: string]

/** A panel of the dashboard. */
interface Sketch {
  title: string
  /** What it says to somebody who does not know the metric. */
  about: string
  unit: string
  curves: readonly Curve[]
  /** Values from which on it is yellow, and red. */
  limits?: readonly [number, number]
  /** Curves lie upon each other. */
  isStacked?: boolean
  max?: number
  /** What values are called. */
  words?: Readonly<Record<string, string>>
}

const GREEN = 'green'
const YELLOW = 'yellow'
const RED = 'red'
/** The grid of Grafana is so wide. */
const GRID = 24
const SOURCE: common.DataSourceRef = { type: 'prometheus', uid: '${datasource}' }

/** What is seen at a glance: the newest values. */
const GLANCE: readonly Sketch[] = [
  {
    title: 'Spending',
    about: 'US dollars an hour, as of the last minutes.',
    unit: 'currencyUSD',
    curves: [['sum(rate(longhaul_cost_dollars_total{JOB}[RATE])) * 3600', 'an hour']],
    limits: [10, 20],
  },
  {
    title: 'Highest budget',
    about: 'Of the orchestration that has spent most of its own.',
    unit: 'percentunit',
    curves: [['max(longhaul_budget_spent_ratio{JOB})', 'spent']],
    limits: [0.8, 0.95],
  },
  {
    title: 'Failing calls',
    about: 'Share of calls that fail.',
    unit: 'percentunit',
    curves: [
      [
        'sum(rate(longhaul_call_failures_total{JOB}[RATE])) / sum(rate(longhaul_calls_total{JOB}[RATE]))',
        'of all calls',
      ],
    ],
    limits: [0.1, 0.5],
  },
  {
    title: 'Orchestrations',
    about: 'Those that run.',
    unit: 'short',
    curves: [['sum(longhaul_runs{JOB,state="running"})', 'running']],
  },
  {
    title: 'Agents at work',
    about: 'Those that wait for an answer.',
    unit: 'short',
    curves: [['sum(longhaul_agents{JOB,state="working"})', 'working']],
  },
  {
    title: 'Problems',
    about: 'What is wrong with the daemon itself, as longhaul daemon health tells.',
    unit: 'short',
    curves: [['sum(longhaul_problems{JOB})', 'problems']],
    limits: [1, 1],
  },
]

/** Curves over time, by rows. */
const ROWS: Readonly<Record<string, readonly Sketch[]>> = {
  Money: [
    {
      title: 'Spending by agent',
      about: 'US dollars an hour, of the ten agents that spend most.',
      unit: 'currencyUSD',
      curves: [['topk(10, sum by (agent) (rate(longhaul_cost_dollars_total{JOB}[RATE])) * 3600)', '{{agent}}']],
      isStacked: true,
    },
    {
      title: 'Spending by model',
      about:
        'US dollars since each process began; and what calls may have cost at most whose usage nobody has reported.',
      unit: 'currencyUSD',
      curves: [
        ['sum by (model) (longhaul_cost_dollars_total{JOB})', '{{model}}'],
        ['sum(longhaul_cost_uncertain_dollars_total{JOB})', 'uncertain'],
      ],
    },
    {
      title: 'Budgets',
      about: 'Share of its budget that an orchestration has spent. The alert is at 80 %.',
      unit: 'percentunit',
      curves: [['longhaul_budget_spent_ratio{JOB}', '{{pattern}} {{orchestration}}']],
      limits: [0.8, 0.95],
      max: 1,
    },
    {
      title: 'Saved, and refused',
      about: 'Questions that the cache has answered, and those that a budget did not allow, a minute.',
      unit: 'short',
      curves: [
        ['sum(rate(longhaul_cache_hits_total{JOB}[RATE])) * 60', 'cache hits'],
        ['sum(rate(longhaul_budget_refusals_total{JOB}[RATE])) * 60', 'refused by a budget'],
      ],
    },
  ],
  Calls: [
    {
      title: 'Calls by model',
      about: 'Each try counted.',
      unit: 'reqps',
      curves: [['sum by (provider, model) (rate(longhaul_calls_total{JOB}[RATE]))', '{{provider}}/{{model}}']],
      isStacked: true,
    },
    {
      title: 'Failures by kind',
      about: 'Calls that failed, and those among all calls that repeat one that did.',
      unit: 'reqps',
      curves: [
        ['sum by (fault) (rate(longhaul_call_failures_total{JOB}[RATE]))', '{{fault}}'],
        ['sum(rate(longhaul_call_retries_total{JOB}[RATE]))', 'retries'],
      ],
    },
    {
      title: 'How long calls take',
      about: 'Duration of calls, on the clock of the services.',
      unit: 's',
      curves: [0.5, 0.95, 0.99].map((share): Curve => [
        `histogram_quantile(${share}, sum by (le) (rate(longhaul_call_duration_seconds_bucket{JOB}[RATE])))`,
        `${share * 100} %`,
      ]),
    },
    {
      title: 'Calls under way',
      about: 'Calls without an end so far. A curve that only rises is a service that does not answer.',
      unit: 'short',
      curves: [['sum by (provider) (longhaul_calls_open{JOB})', '{{provider}}']],
    },
    {
      title: 'Tokens',
      about: 'Tokens that were billed, a second. Cached input is a part of input.',
      unit: 'short',
      curves: [['sum by (type) (rate(longhaul_tokens_total{JOB}[RATE]))', '{{type}}']],
    },
    {
      title: 'Circuit breakers',
      about: 'The worst among the orchestrations that run.',
      unit: 'short',
      curves: [['max by (target) (longhaul_breaker_state{JOB})', '{{target}}']],
      limits: [1, 2],
      max: 2,
      words: { '0': 'closed', '1': 'half open', '2': 'open' },
    },
  ],
  Orchestrations: [
    {
      title: 'Orchestrations by state',
      about: 'Those that are not over.',
      unit: 'short',
      curves: [['sum by (state) (longhaul_runs{JOB})', '{{state}}']],
      isStacked: true,
    },
    {
      title: 'Orchestrations that have ended',
      about: 'Since the daemon began.',
      unit: 'short',
      curves: [['sum by (status) (longhaul_runs_total{JOB})', '{{status}}']],
    },
    {
      title: 'Agents by state',
      about: 'Of the orchestrations that run. Resting ones wait until they try again.',
      unit: 'short',
      curves: [['sum by (state) (longhaul_agents{JOB})', '{{state}}']],
      isStacked: true,
    },
    {
      title: 'Agents that hang',
      about: 'Times in ten minutes that an agent at work made no progress.',
      unit: 'short',
      curves: [['sum(increase(longhaul_agents_hung_total{JOB}[10m]))', 'hung']],
      limits: [1, 5],
    },
  ],
  'The process': [
    {
      title: 'Memory',
      about: 'Of the process, and of its JavaScript heap.',
      unit: 'bytes',
      curves: [
        ['process_resident_memory_bytes{JOB}', '{{job}} resident'],
        ['nodejs_heap_size_used_bytes{JOB}', '{{job}} heap'],
      ],
    },
    {
      title: 'Processor',
      about: 'Share of one processor, and the delay of the event loop in 99 of 100 cases.',
      unit: 'percentunit',
      curves: [
        ['rate(process_cpu_seconds_total{JOB}[RATE])', '{{job}} processor'],
        ['nodejs_eventloop_lag_p99_seconds{JOB}', '{{job}} delay in s'],
      ],
    },
    {
      title: 'Event logs',
      about: 'Their size on disk, with those that were put aside.',
      unit: 'bytes',
      curves: [['longhaul_event_log_bytes{JOB}', '{{job}}']],
    },
    {
      title: 'Events lost',
      about: 'Events that could not be written, as on a disk that is full.',
      unit: 'short',
      curves: [['longhaul_event_log_lost{JOB}', '{{job}}']],
      limits: [1, 1],
    },
  ],
}

const queryOf = (query: string): string => query.replaceAll('JOB', 'job=~"$job"').replaceAll('RATE', '$__rate_interval')

const targetsOf = ({ curves }: Sketch): prometheus.DataqueryBuilder[] =>
  curves.map(([query, legend], nth) =>
    new prometheus.DataqueryBuilder()
      .refId(String.fromCodePoint('A'.codePointAt(0)! + nth))
      .datasource(SOURCE)
      .expr(queryOf(query))
      .legendFormat(legend)
      .range(),
  )

function thresholdsOf({ limits }: Sketch): dashboards.ThresholdsConfigBuilder {
  const [warn, alarm] = limits ?? []
  const steps = [{ value: null, color: GREEN }, ...(limits ? [{ value: warn!, color: YELLOW }] : [])]
  return new dashboards.ThresholdsConfigBuilder()
    .mode(dashboards.ThresholdsMode.Absolute)
    .steps([...steps.filter(({ value }) => value !== alarm), ...(limits ? [{ value: alarm!, color: RED }] : [])])
}

const mappingsOf = ({ words = {} }: Sketch): dashboards.ValueMapping[] =>
  Object.keys(words).length === 0
    ? []
    : [
        {
          type: dashboards.MappingType.ValueToText,
          options: Object.fromEntries(Object.entries(words).map(([value, text]) => [value, { text }])),
        },
      ]

function glance(sketch: Sketch): stat.PanelBuilder {
  return new stat.PanelBuilder()
    .title(sketch.title)
    .description(sketch.about)
    .datasource(SOURCE)
    .unit(sketch.unit)
    .noValue('–')
    .thresholds(thresholdsOf(sketch))
    .targets(targetsOf(sketch))
    .graphMode(common.BigValueGraphMode.Area)
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .span(GRID / GLANCE.length)
    .height(4)
}

function chart(sketch: Sketch): timeseries.PanelBuilder {
  const panel = new timeseries.PanelBuilder()
    .title(sketch.title)
    .description(sketch.about)
    .datasource(SOURCE)
    .unit(sketch.unit)
    .min(0)
    .mappings(mappingsOf(sketch))
    .thresholds(thresholdsOf(sketch))
    .targets(targetsOf(sketch))
    .lineWidth(1)
    .fillOpacity(sketch.isStacked ? 25 : 8)
    .showPoints(common.VisibilityMode.Never)
    .tooltip(new common.VizTooltipOptionsBuilder().mode(common.TooltipDisplayMode.Multi))
    .span(GRID / 2)
    .height(8)
  if (sketch.max !== undefined) panel.max(sketch.max)
  if (sketch.limits)
    panel.thresholdsStyle(new common.GraphThresholdsStyleConfigBuilder().mode(common.GraphThresholdsStyleMode.Dashed))
  if (sketch.isStacked) panel.stacking(new common.StackingConfigBuilder().mode(common.StackingMode.Normal))
  return panel
}

/** The dashboard as JSON, as Grafana imports it. */
export function dashboardJson(): string {
  const dashboard = new dashboards.DashboardBuilder('longhaul')
    .uid('longhaul')
    .description('Orchestrations of LLM agents: money, calls, failures, agents, and the daemon that runs them.')
    .tags(['longhaul', 'llm', 'agents'])
    .time({ from: 'now-1h', to: 'now' })
    .refresh('10s')
    .timezone('browser')
    .tooltip(dashboards.DashboardCursorSync.Crosshair)
    .variables([
      new dashboards.DatasourceVariableBuilder('datasource').label('Prometheus').type('prometheus'),
      new dashboards.QueryVariableBuilder('job')
        .label('Job')
        .datasource(SOURCE)
        .query('label_values(longhaul_calls_open, job)')
        .refresh(dashboards.VariableRefresh.OnTimeRangeChanged)
        .multi(true)
        .includeAll(true)
        .allValue('.*')
        .current({ text: 'All', value: '$__all' }),
    ])
    .annotation(
      new dashboards.AnnotationQueryBuilder()
        .name('Alerts')
        .datasource(SOURCE)
        .enable(true)
        .iconColor(RED)
        .expr('ALERTS{alertname=~"Longhaul.+",alertstate="firing"}'),
    )
  for (const sketch of GLANCE) dashboard.withPanel(glance(sketch))
  for (const [title, sketches] of Object.entries(ROWS)) {
    dashboard.withRow(new dashboards.RowBuilder(title))
    for (const sketch of sketches) dashboard.withPanel(chart(sketch))
  }
  return `${JSON.stringify(dashboard.build(), null, 2)}\n`
}

if (import.meta.main) writeFileSync(join(import.meta.dirname, 'longhaul.json'), dashboardJson())
