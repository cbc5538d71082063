import { CHECKS } from '../../../src/checks/index.ts'
import { COMMANDS } from '../../../src/cli/commands.ts'
import { SETTINGS } from '../../../src/cli/daemon-table.ts'
import type { Flags } from '../../../src/cli/flags.ts'
import { HANDLERS } from '../../../src/daemon/handlers/index.ts'
import { DEFAULT_MIX, FAULTS, type FaultKind } from '../../../src/provider/faults/index.ts'
import { SERVICES } from '../../../src/wire/index.ts'
import {
  addedMembers,
  constantAbout,
  propertiesAbout,
  errorClasses,
  functionNamed,
  interfaceAbout,
  interfaceMembers,
  ownMembers,
  unionMembers,
  type Member,
} from './declarations.ts'
import { OF_COMMANDS, OF_TESTS } from './environment.ts'

const HEAD = '<!-- Written by `npm run docs:reference`. Change its source, not this file. -->\n\n'

/** Addresses of this machine are no links. */
const unlinked = (text: string): string =>
  text.replaceAll(/(?<!`)\bhttps?:\/\/(?:localhost|127\.0\.0\.1)[^\s,;`]*/g, '`$&`')
const cell = (text: string): string => unlinked(text.replaceAll('|', String.raw`\|`).replaceAll('\n', ' '))
const code = (text: string): string => (text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``)

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`
  return `${[line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n')}\n`
}

const membersTable = (members: readonly Member[], first: string): string =>
  table(
    [first, 'type', 'meaning'],
    members.map(({ name, type, about }) => [code(name), code(type), about]),
  )

const section = (title: string, name: string, first = 'option'): string =>
  `## ${title}\n\n${interfaceAbout(name)}\n\n${membersTable(interfaceMembers(name), first)}\n`

const LATENCIES = ['constant', 'uniform', 'lognormal', 'empirical', 'never']
const REPLY_HELPERS = ['sequence', 'toolCall', 'json', 'whenAsked']

const functionsTable = (names: readonly string[]): string =>
  table(
    ['function', 'meaning'],
    names.map(functionNamed).map(({ name, type, about }) => [code(`${name}(${type})`), about]),
  )

function options(): string {
  return `# Options

An option that longhaul does not know is an error, with the nearest name that it does know.

${section('describeOrchestration', 'FunctionOptions')}
## describeOrchestration with a pattern

${interfaceAbout('PatternOptions')} All options above but \`system\`, and:

${membersTable(ownMembers('PatternOptions'), 'option')}
${section('provider', 'ProviderConfig')}
${section('provider.agents', 'AgentConfig')}
${section('provider.models', 'ModelConfig')}
${section('provider.models.speed', 'ModelSpeed')}
${section('prices', 'Prices')}
${section('provider.services', 'ServiceConfig')}
${section('rateLimits', 'RateLimits')}
${section('provider.bursts', 'Bursts')}
${section('provider.windows', 'FaultWindow')}
${section('outage(), for provider.windows', 'OutageOptions')}
${section('brownout(), for provider.windows', 'BrownoutOptions')}
${section('provider.schedule', 'ScheduledFault')}
${section('failNext(count, fault, scope)', 'CallScope')}
## Latencies

A duration, such as \`'4s'\` or \`4_000\` (milliseconds), is a constant latency.

${functionsTable(LATENCIES)}
${section('Rules of provider.replies', 'ReplyRule')}
${section('A reply that is an object', 'ReplySpec')}
${section('What a reply function gets', 'ReplyContext', 'field')}
${section('sequence()', 'SequenceOptions')}
## Helpers for replies

${functionsTable(REPLY_HELPERS)}
${section('clock', 'ClockOptions')}
${section('trace', 'TraceOptions')}
${section('orchestrator', 'PatternSettings')}
${section('orchestrator.breaker', 'BreakerSettings')}
${section('orchestrator.cache', 'CacheSettings')}
${section('orchestrator.budget', 'BudgetSettings')}
${section('orchestrator.supervision', 'SupervisionSettings')}
${section('orchestrator.services', 'ServiceSettings')}
${section('describeOrchestration.sweep', 'SweepOptions')}
${section('longhaul/plugin', 'RunSettings')}
${section('longhaul/reporter', 'ReporterOptions')}
${section('createSimulation', 'SimulationOptions')}
${section('startServer', 'ServerOptions')}
${section('startServer({ metrics })', 'ServedMetrics')}
${section('daemonSystem', 'DaemonSettings')}
${section('predict', 'PredictOptions')}`
}

function fixturesAndMatchers(): string {
  return `# Fixtures and matchers

${section('Fixtures', 'OrchestrationFixtures', 'fixture')}
${section('What start() gives', 'StartedOrchestration', 'member')}
${section('What a system gets', 'SystemContext', 'member')}
${section('Matchers', 'OrchestrationMatchers', 'matcher')}
${section('Ranges', 'Between', 'bound')}
${section('Filters of calls', 'CallFilter', 'filter')}
${section('A call in outcome.calls', 'CallRecord', 'field')}
${section('An agent in outcome.agents', 'AgentRecord', 'field')}
${section('A gather in outcome.gathers', 'GatherRecord', 'field')}
${section('What a restartable system gets', 'RestartableContext', 'member')}
${section('context.report', 'Report', 'member')}
${section('A gather that context.report.gather() begins', 'OpenGather', 'member')}`
}

function events(): string {
  const kinds = unionMembers('EventBody')
  const [head, usage] = [addedMembers('TraceEvent'), interfaceMembers('Usage')]
  return `# Events of a trace

\`trace.write(file)\` and \`LONGHAUL_TRACES\` write one event a line, as JSON. [Stability](../stability.md) says what the
version of a trace file means.

## In every event

${membersTable(head, 'field')}
${kinds
  .map(
    ({ type, about, fields }) =>
      `## ${type}\n\n${about}${about && '\n\n'}${fields.length > 0 ? membersTable(fields, 'field') : ''}`,
  )
  .join('\n')}
## Usage

${interfaceAbout('Usage')}

${membersTable(usage, 'field')}`
}

const variables = (of: typeof OF_TESTS): string =>
  table(
    ['variable', 'default', 'meaning'],
    of.map(({ name, default: value, about }) => [code(name), value, about]),
  )

function environment(): string {
  return `# Environment variables

A variable takes precedence over \`longhaul()\` in \`vitest.config.ts\`, and that over the options of a test file.

## Tests

${variables(OF_TESTS)}
## The daemon and the commands

${variables(OF_COMMANDS)}`
}

function checks(): string {
  return `# Checks

[Invariant checks](../checks.md) says how checks are tuned and waived, and gives an example of each.

${Object.entries(CHECKS)
  .map(([name, { holds, why, advice, settings }]) => {
    const meanings = propertiesAbout(`src/checks/${name}.ts`, 'settings')
    const rows = Object.entries(settings).map(([setting, value]) => [
      code(setting),
      value === undefined ? '–' : code(JSON.stringify(value)),
      meanings.get(setting)!,
    ])
    return `## ${name}\n\n${holds} ${why}\n\n${advice}\n${rows.length > 0 ? `\n${table(['setting', 'default', 'meaning'], rows)}` : ''}`
  })
  .join('\n')}`
}

const kebab = (name: string): string => name.replaceAll('_', '-')

function faults(): string {
  const rows = Object.entries(FAULTS as Record<string, FaultKind>).map(([name, { billed, ending, cut }]) => [
    code(name),
    constantAbout(`src/provider/faults/${kebab(name)}.ts`),
    {
      answer: 'an answer',
      refusal: 'an error',
      silence: 'never',
      reset: 'a reset',
      damage: 'a damaged answer',
      stall: 'never',
    }[ending.kind],
    billed ? (cut === undefined ? 'all' : `${cut * 100} %`) : '–',
    String(DEFAULT_MIX[name as keyof typeof FAULTS] ?? '–'),
  ])
  return `# Faults

\`provider.failNext(1, 'hang')\`, \`faults: { hang: 1 }\`, \`outage({ fault: 'hang', … })\`. The weight is that of a
\`failRate\` without \`faults\`. [Failures, latency and limits](../faults.md) says what each service sends.

${table(['fault', 'what happens', 'ends with', 'billed', 'weight'], rows)}`
}

const readable = (hosts: RegExp): string => code(hosts.source.replaceAll(String.raw`\/`, '/'))

function services(): string {
  const parts = SERVICES.map(({ name, baseURL, hosts, endpoints }) => {
    const rows = endpoints.map(({ method, path, operation, kind }) => [method, code(path), code(operation), kind])
    return `## ${name}\n\nBase URL ${code(baseURL)}; hosts ${readable(hosts)}.\n\n${table(['method', 'path', 'operation', 'kind'], rows)}`
  })
  return `# Services

Paths are below the base URL. A \`generation\` is a call of a model: it has latency, faults, limits and a price. A
\`resource\` is answered at once and costs nothing. \`live\` is a WebSocket, each response of which is a call. [Services](../services.md) says how each behaves.

${parts.join('\n')}`
}

const flagsTable = (flags: Flags): string =>
  Object.keys(flags).length === 0
    ? ''
    : `\n${table(
        ['flag', 'meaning'],
        Object.entries(flags).map(([name, { about, value }]) => [code(`--${name}${value ? ` ${value}` : ''}`), about]),
      )}`

async function commands(): Promise<string> {
  const parts = await Promise.all(
    Object.entries(COMMANDS).map(async ([name, entry]) => {
      const { usage, about, flags } = await ('load' in entry ? entry.load() : entry.loadRaw())
      return `## ${name}\n\n\`\`\`text\nlonghaul ${usage}\n\`\`\`\n\n${unlinked(about)}\n${flagsTable(flags)}`
    }),
  )
  const settings = Object.entries(SETTINGS).map(([name, setting]) => [
    code(name),
    setting.kind,
    'env' in setting ? setting.env.map(code).join(', ') : '–',
    setting.about,
  ])
  return `# CLI commands

${parts.join('\n')}
## Settings of the daemon

By these names in \`longhaul.yaml\`; as flags with \`-\` in place of \`_\`.

${table(['setting', 'kind', 'environment', 'meaning'], settings)}`
}

function daemonEvents(): string {
  const parts = Object.entries(HANDLERS).map(([name, { about, parameters }]) => {
    const rows = Object.entries(parameters).map(([parameter, { type, about: meaning, required, also }]) => [
      code(parameter) + (also ? `, ${also.map(code).join(', ')}` : ''),
      type,
      required ? 'yes' : '',
      // Without it, a formatter takes the * of two lists for emphasis.
      meaning.replaceAll(/\["[^\]]*"\]/g, code),
    ])
    return `## ${name}\n\n${about}\n${rows.length > 0 ? `\n${table(['parameter', 'type', 'required', 'meaning'], rows)}` : ''}`
  })
  return `# Events of the daemon

\`longhaul send EVENT --parameter value\`; [the daemon](../daemon.md) says how the protocol goes.

${parts.join('\n')}`
}

function errors(): string {
  const rows = errorClasses().map(({ name, codes, about }) => [code(name), codes.map(code).join(', '), about])
  return `# Errors

Every error of longhaul has a class and a \`code\` that stays the same.

${table(['class', 'code', 'when'], rows)}`
}

function overview(): string {
  return `# Reference

These pages are written from the types, lists and schemas in the source, by \`npm run docs:reference\`.

- [Options](options.md): of \`describeOrchestration\`, the provider, sweeps, the plugin, the reporter.
- [Fixtures and matchers](fixtures-and-matchers.md)
- [Events of a trace](events.md)
- [Environment variables](environment.md)
- [Checks](checks.md)
- [Faults](faults.md)
- [Services](services.md): hosts, paths and operations.
- [CLI commands](cli.md)
- [Events of the daemon](daemon-events.md)
- [Errors](errors.md)

The exported names with their signatures are on the site under API, which \`npm run docs:build\` makes by TypeDoc.
`
}

/** Every page of the reference, by its file in docs/reference. */
export async function referencePages(): Promise<Record<string, string>> {
  const pages = {
    'README.md': overview(),
    'options.md': options(),
    'fixtures-and-matchers.md': fixturesAndMatchers(),
    'events.md': events(),
    'environment.md': environment(),
    'checks.md': checks(),
    'faults.md': faults(),
    'services.md': services(),
    'cli.md': await commands(),
    'daemon-events.md': daemonEvents(),
    'errors.md': errors(),
  }
  return Object.fromEntries(Object.entries(pages).map(([file, text]) => [file, HEAD + text]))
}
