import { fitsPattern } from '../../orchestrator/index.ts'
import { suggestion } from '../../options/index.ts'
import type { Parameter } from '../parameters.ts'
import { quoted, RefusedError } from '../protocol.ts'
import { handler, type Handler } from './handler.ts'

/** What the clients of KSI call the types of parameters. */
const TYPES: Readonly<Record<Parameter['type'], string>> = {
  text: 'str',
  number: 'float',
  integer: 'int',
  boolean: 'bool',
  object: 'dict',
  texts: 'list',
  time: 'Any',
  duration: 'Any',
  any: 'Any',
}
/** … and JSON Schema. */
const SCHEMA_TYPES: Readonly<Record<string, string | undefined>> = {
  str: 'string',
  float: 'number',
  int: 'integer',
  bool: 'boolean',
  dict: 'object',
  list: 'array',
}

const NAMESPACES: Readonly<Record<string, string>> = {
  system: 'The daemon itself',
  orchestration: 'Orchestrations by their patterns',
  agent: 'Agents of orchestrations',
  completion: 'Completions of models',
  state: 'Entities, relationships and variables',
  metrics: 'Costs and comparisons',
  monitor: 'Events, now and in the past',
}

const LEVELS = ['summary', 'namespace', 'full']
const STYLES = ['verbose', 'compact', 'ultra_compact', 'mcp']
const LEGEND = { m: 'module', s: 'summary', p: 'parameters: [name, type, required, default, description]' }

interface Described {
  name: string
  module: string
  summary: string
  parameters: Readonly<Record<string, DescribedParameter>>
}

interface DescribedParameter {
  type: string
  required: boolean
  description: string
  default?: unknown
}

const namespaceOf = (event: string): string => event.split(':')[0]!

const described = (name: string, { about, parameters }: Handler): Described => ({
  name,
  module: `longhaul.daemon.${namespaceOf(name)}`,
  summary: about,
  parameters: Object.fromEntries(
    Object.entries(parameters).map(([parameter, { type, about: description, required, default: fallback }]) => [
      parameter,
      {
        type: TYPES[type],
        required: required ?? false,
        description,
        ...(fallback !== undefined && { default: fallback }),
      },
    ]),
  ),
})

/** An event as a client of KSI wants it: in words, in short, or as a tool for a model. */
function formatted({ name, module, summary, parameters }: Described, style: string, isFull: boolean): object {
  if (style === 'mcp')
    return {
      name,
      description: summary,
      inputSchema: {
        type: 'object',
        properties: Object.fromEntries(
          Object.entries(parameters).map(([parameter, { type, description, default: fallback }]) => [
            parameter,
            {
              ...(SCHEMA_TYPES[type] !== undefined && { type: SCHEMA_TYPES[type] }),
              description,
              ...(fallback !== undefined && { default: fallback }),
            },
          ]),
        ),
        required: Object.keys(parameters).filter((parameter) => parameters[parameter]!.required),
      },
    }
  if (style !== 'verbose')
    return {
      m: module,
      s: summary,
      ...(isFull && {
        p: Object.entries(parameters).map(([parameter, { type, required, description, default: fallback }]) => [
          parameter,
          type,
          required,
          fallback ?? null,
          description,
        ]),
      }),
    }
  return { module, async: true, summary, ...(isFull && { parameters }) }
}

const oneOf = (name: string, given: string, known: readonly string[]): string => {
  if (known.includes(given)) return given
  throw new RefusedError(`${name} is ${quoted(given)}. Give one of ${known.join(', ')}.`)
}

/** How a command for an event looks. */
const usageOf = ({ name, parameters }: Described): string =>
  [
    `longhaul send ${name}`,
    ...Object.entries(parameters)
      .filter(([, { required }]) => required)
      .map(([parameter, { type }]) => `--${parameter} ${type === 'dict' ? "'{…}'" : '…'}`),
  ].join(' ')

const STYLE = { type: 'text', about: STYLES.join(', '), default: 'verbose' } as const

/** What there is to ask for. Source of the shapes: the KSI daemon, whose clients ask before they send. */
export const discovery: Readonly<Record<string, Handler>> = {
  'system:discover': handler({
    about: 'Lists the events that the daemon accepts.',
    parameters: {
      namespace: { type: 'text', about: 'only events of this namespace, such as agent' },
      event: { type: 'text', about: 'only this event, with its parameters; or matching events, such as "agent:*"' },
      module: { type: 'text', about: 'only events of this module' },
      level: { type: 'text', about: LEVELS.join(', '), default: 'namespace' },
      detail: { type: 'boolean', about: 'includes the parameters', default: false },
      format_style: STYLE,
    },
    answer({ namespace, event, module, level: asked, detail, format_style: style }, { handlers }) {
      const level = oneOf('level', asked, LEVELS)
      oneOf('format_style', style, STYLES)
      const all = Object.entries(handlers).map(([name, each]) => described(name, each))
      const found = all.filter(
        ({ name, module: own }) =>
          (namespace === undefined || namespaceOf(name) === namespace) &&
          (event === undefined || fitsPattern(event, name)) &&
          (module === undefined || own === module || own.endsWith(`.${module}`)),
      )
      const namespaces = [...new Set(found.map(({ name }) => namespaceOf(name)))].toSorted()
      if (level === 'summary')
        return {
          namespaces: Object.fromEntries(
            namespaces.map((each) => [
              each,
              {
                count: found.filter(({ name }) => namespaceOf(name) === each).length,
                description: NAMESPACES[each] ?? '',
              },
            ]),
          ),
          total_namespaces: namespaces.length,
          total_events: found.length,
          _level: level,
          _filters: { namespace: namespace ?? null, event: event ?? null, module: module ?? null },
        }
      const isFull = detail || level === 'full' || event !== undefined
      return {
        events: Object.fromEntries(found.map((each) => [each.name, formatted(each, style, isFull)])),
        total: found.length,
        namespaces,
        _level: level,
        ...(style.endsWith('compact') && { _legend: LEGEND }),
      }
    },
  }),
  'system:help': handler({
    about: 'Describes an event and its parameters.',
    parameters: { event: { type: 'text', about: 'the name of the event', required: true }, format_style: STYLE },
    answer({ event, format_style: style }, { handlers }) {
      oneOf('format_style', style, STYLES)
      if (!Object.hasOwn(handlers, event))
        throw new RefusedError(`Event not found: ${quoted(event).slice(1, -1)}`, {
          hint: suggestion(event, Object.keys(handlers)),
        })
      const found = described(event, handlers[event]!)
      return {
        event,
        ...formatted(found, style, true),
        ...(style === 'verbose' && { examples: [], usage: usageOf(found) }),
      }
    },
  }),
}
