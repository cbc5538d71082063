import type { z } from 'zod'
import { types } from '../options/index.ts'
import { whenNeeded, zod } from '../packages/index.ts'

const VARIABLE_TYPES = ['string', 'number', 'integer', 'boolean', 'list', 'array', 'object', 'duration', 'any'] as const
/** What other languages call them. */
const TYPE_NAMES: Readonly<Record<string, (typeof VARIABLE_TYPES)[number]>> = {
  str: 'string',
  text: 'string',
  float: 'number',
  int: 'integer',
  bool: 'boolean',
  dict: 'object',
}

/** What is filled in when the run begins. */
const isTemplate = (given: unknown): boolean => typeof given === 'string' && given.includes('{{')

/** The format of a pattern file, in parts. */
export const schemas = whenNeeded(() => {
  const { z } = zod()
  const name = z
    .string()
    .regex(/^[A-Za-z_][\w-]*$/, 'a name consists of letters, digits, _ and -, and starts with a letter')
  /** A number, or a text with `{{…}}` that becomes one. */
  const wholeOrTemplate = (least: number): z.ZodType<number | string> =>
    z.union([z.number(), z.string()]).refine((given) => types.whole({ least }).fits(given) || isTemplate(given), {
      error: `give a whole number from ${least}, or {{variable}}`,
    })
  const duration = z
    .union([z.number(), z.string()])
    .refine((given) => types.duration.fits(given) || isTemplate(given), {
      error: `give ${types.duration.needs}, or {{variable}}`,
    })
    .describe('seconds as a number, or a text such as 15s, 5m or {{variable}}')
  const data: z.ZodType<unknown> = z.unknown()

  const declaredVariable = z.strictObject({
    type: z.preprocess((given) => TYPE_NAMES[String(given)] ?? given, z.enum(VARIABLE_TYPES)).optional(),
    default: data.optional(),
    description: z.string().optional(),
    required: z.boolean().optional(),
    allowed_values: z.array(data).optional().describe('the allowed values'),
  })

  const agent = z.strictObject({
    profile: z.string().optional().describe('the kind of the agent'),
    role: z
      .string()
      .optional()
      .describe('"orchestrator" or "coordinator" (also as profile): this agent receives the lines in plain language'),
    vars: z.record(z.string(), data).optional().describe('variables of this agent, for its prompts'),
    prompt_template: z.string().optional().describe('the system prompt; the value of a variable replaces {{name}}'),
    prompt: z.string().optional().describe('the same as prompt_template'),
    initial_prompt: z.string().optional().describe('the first message to the agent; the same as vars.initial_prompt'),
    initial_message: z.string().optional().describe('the same as initial_prompt'),
    model: z.string().optional(),
    capabilities: z.array(z.string()).optional(),
    count: z
      .union([z.number(), z.string()])
      .refine(
        (given) => given === 'dynamic' || types.whole({ least: 0, most: 100_000 }).fits(given) || isTemplate(given),
        {
          error: 'give a whole number from 0 to 100000, {{variable}} or dynamic',
        },
      )
      .optional()
      .describe('number of agents to create, name_1 … name_count; dynamic: none at the start'),
    template: z
      .union([z.string(), z.boolean()])
      .optional()
      .describe(
        'another agent whose settings this agent inherits; or a name with {n} for the agents that count creates; or true: a template only, no agent',
      ),
    max_tokens: wholeOrTemplate(1).optional().describe('maximum number of tokens of one answer'),
    description: z.string().optional(),
  })

  const criteria = z
    .strictObject({
      agent_id: z.string().optional(),
      agent: z.string().optional(),
      pattern: z.string().optional().describe('a pattern of names or ids, such as "orch_*_player_*"'),
      role: z.string().optional(),
      profile: z.string().optional(),
      capability: z.string().optional(),
      status: z.string().optional(),
    })
    .refine((given) => Object.keys(given).length > 0, 'names no criterion for agents')
  const target = z.union([z.string(), criteria, z.array(z.union([z.string(), criteria]))])

  const routingRule = z
    .looseObject({
      pattern: z.string().optional().describe('the events to route, such as "round:*"'),
      event: z.string().optional().describe('the same as pattern'),
      from: z.string().optional().describe('only events from these agents, such as "worker_*"; default: all'),
      to: target
        .optional()
        .describe('the recipients: an agent, a list, "*", "!sender", or criteria such as { role: player }'),
      broadcast: z.boolean().optional().describe('sends to all agents except the sender, unless "to" is set'),
      forward: z.boolean().optional(),
      condition: z.string().optional().describe('an expression over the event: data, from, event'),
      message: z.string().optional().describe('the message to the recipients; {{…}} reads the event'),
    })
    .refine(({ to, broadcast }) => to !== undefined || broadcast === true, 'a rule needs "to", or broadcast: true')

  const transformer = z.looseObject({
    source: z.string().describe('the events to transform, such as "agent:response"'),
    target: z.string().describe('the resulting event'),
    mapping: z
      .record(z.string(), data)
      .optional()
      .describe('the data of the resulting event; {{…}} reads the original event'),
    condition: z.string().optional(),
    async: z
      .boolean()
      .optional()
      .describe('waits for an answer; {{transform_id}} in the mapping identifies the request'),
    response_route: z
      .looseObject({
        from: z.string().optional().describe('the event that answers; default: any'),
        to: z.string().describe('the event that carries the data of the answer'),
        filter: z.string().optional().describe('a condition on the answer, such as "request_id == {{transform_id}}"'),
      })
      .optional(),
  })

  const condition = z
    .strictObject({
      event: z.string().optional().describe('an agent or the strategy emits this event'),
      rounds: wholeOrTemplate(1).optional().describe('number of answers of each agent'),
      timeout: duration.optional(),
      max_messages: wholeOrTemplate(1).optional().describe('total number of answers'),
    })
    .refine((given) => Object.keys(given).length > 0, 'contains no condition')

  const termination = z.looseObject({
    timeout: duration.optional().describe('ends the orchestration after this time, with the results so far'),
    max_messages: wholeOrTemplate(1).optional().describe('ends the orchestration after this number of completions'),
    event: z.string().optional().describe('ends the orchestration when this event is emitted'),
    conditions: z.array(condition).optional().describe('conditions, each of which ends the orchestration'),
  })

  const turnTaking = z.looseObject({
    mode: z
      .enum(['free_form', 'sequential', 'strict_alternation'])
      .optional()
      .describe('sequential and strict_alternation: agents speak one after another, in the order of the pattern'),
  })

  const coordination = z.looseObject({ turn_taking: turnTaking.optional(), termination: termination.optional() })

  const logic = z.looseObject({
    description: z.string().optional(),
    strategy: z.string().optional().describe('the strategy, in the language of docs/strategy-language.md'),
  })

  const routing = z.looseObject({
    rules: z.array(routingRule).optional(),
    default: z.string().optional().describe('the agent that receives the messages for which there is no rule'),
  })

  const pattern = z.looseObject({
    name,
    type: z.literal('orchestration').optional(),
    version: z.union([z.string(), z.number()]).optional(),
    description: z.string().optional(),
    author: z.string().optional(),
    extends: z.string().nullable().optional().describe('another pattern: a path, or a name in the same folder'),
    includes: z
      .array(z.union([z.string(), z.strictObject({ pattern: z.string() })]))
      .nullable()
      .optional()
      .describe(
        'patterns whose variables, agents, functions, rules and transformers are added; strategies are ignored',
      ),
    functions: z
      .union([z.string(), z.array(z.string())])
      .optional()
      .describe('libraries of functions for CALL, such as game_theory'),
    strict: z.boolean().optional().describe('lines in plain language are errors'),
    variables: z.record(z.string(), data).optional().describe('values, or { type, default, description }'),
    agents: z.record(z.string(), agent).optional(),
    initial_prompt: z.string().optional().describe('the first message to the orchestrating agent'),
    orchestration_logic: logic.optional(),
    pattern: logic.optional(),
    routing: routing.optional(),
    routing_rules: z.array(routingRule).optional(),
    transformers: z.array(transformer).optional(),
    coordination: coordination.optional(),
    metadata: z.record(z.string(), data).optional(),
  })

  /** Blocks in which names of one's own are allowed, and misspelt ones are not: where they stand, and what they know. */
  const openBlocks: readonly (readonly [path: readonly string[], names: readonly string[]])[] = [
    [['orchestration_logic'], Object.keys(logic.shape)],
    [['pattern'], Object.keys(logic.shape)],
    [['routing'], Object.keys(routing.shape)],
    [['routing', 'rules', '*'], Object.keys(routingRule.shape)],
    [['routing_rules', '*'], Object.keys(routingRule.shape)],
    [['transformers', '*'], Object.keys(transformer.shape)],
    [['coordination'], Object.keys(coordination.shape)],
    [['coordination', 'turn_taking'], Object.keys(turnTaking.shape)],
    [['coordination', 'termination'], Object.keys(termination.shape)],
  ]

  return { pattern, agent, declaredVariable, routingRule, transformer, openBlocks }
})

type Schemas = ReturnType<typeof schemas>
/** The content of a YAML pattern, by the schema that `longhaul schema` prints. */
export type PatternData = z.infer<Schemas['pattern']>
export type AgentData = z.infer<Schemas['agent']>
export type RoutingRule = z.infer<Schemas['routingRule']>
export type Transformer = z.infer<Schemas['transformer']>
export type DeclaredVariable = z.infer<Schemas['declaredVariable']>

/** Whether a value is meant as a declaration by type and default, rather than as a plain value. */
export const isDeclaration = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  ('default' in value || 'type' in value) &&
  Object.keys(value).every((name) => Object.hasOwn(schemas().declaredVariable.shape, name))

/** A variable that is declared. */
export const asDeclared = (value: unknown): DeclaredVariable | undefined =>
  isDeclaration(value) ? schemas().declaredVariable.safeParse(value).data : undefined

/** The JSON Schema of patterns, for editors. */
export function patternJSONSchema(): object {
  const { required = [], ...schema } = zod().toJSONSchema(schemas().pattern, { unrepresentable: 'any' })
  // A pattern without a name has that of its file.
  const others = required.filter((name) => name !== 'name')
  return { title: 'longhaul orchestration pattern', ...schema, ...(others.length > 0 && { required: others }) }
}
