import { z } from 'zod'

const name = z.string().regex(/^[A-Za-z_][\w-]*$/, 'a name has letters, digits, _ and -, and begins with a letter')
/** A number, or a text with `{{…}}` that becomes one. */
const numberOrTemplate = z.union([z.number(), z.string().regex(/\{\{/, 'a number, or {{variable}}')])
const duration = z
  .union([z.number().nonnegative(), z.string()])
  .describe('seconds as a number, or a text such as 15s, 5m or {{variable}}')
const data: z.ZodType<unknown> = z.unknown()

const VARIABLE_TYPES = ['string', 'number', 'integer', 'boolean', 'list', 'array', 'object', 'duration', 'any'] as const

const declaredVariable = z.strictObject({
  type: z.enum(VARIABLE_TYPES).optional(),
  default: data.optional(),
  description: z.string().optional(),
  required: z.boolean().optional(),
})

const agent = z.strictObject({
  profile: z.string().optional().describe('what kind of agent it is'),
  role: z
    .string()
    .optional()
    .describe('"orchestrator" or "coordinator": lines in plain language are asked of this agent'),
  vars: z.record(z.string(), data).optional().describe('variables of this agent, for its prompts'),
  prompt_template: z.string().optional().describe('the system prompt; {{name}} is replaced'),
  prompt: z.string().optional().describe('the same as prompt_template'),
  model: z.string().optional(),
  capabilities: z.array(z.string()).optional(),
  count: numberOrTemplate.optional().describe('makes name_1 … name_count of it'),
  template: z.string().optional().describe('another agent, whose settings this one starts from'),
  max_tokens: numberOrTemplate.optional().describe('most tokens of one answer'),
  description: z.string().optional(),
})

const routingRule = z.looseObject({
  pattern: z.string().optional().describe('events it is for, such as "round:*"'),
  event: z.string().optional().describe('the same as pattern'),
  from: z.string().optional().describe('only events of this agent; default all'),
  to: z.union([z.string(), z.array(z.string())]).describe('an agent, several, or "*"'),
  condition: z.string().optional().describe('an expression over the event: data, from, event'),
  message: z.string().optional().describe('what the agents are sent; {{…}} reads the event'),
})

const transformer = z.looseObject({
  source: z.string().describe('events it is for, such as "agent:response"'),
  target: z.string().describe('the event that it makes of them'),
  mapping: z.record(z.string(), data).optional().describe('the new data; {{…}} reads that of the event'),
  condition: z.string().optional(),
  async: z.boolean().optional(),
})

const termination = z.looseObject({
  timeout: duration.optional().describe('ends the orchestration after this long, with what it has'),
  max_messages: numberOrTemplate.optional().describe('ends it after as many completions'),
  event: z.string().optional().describe('ends it when such an event is emitted'),
  conditions: z.array(data).optional(),
})

const coordination = z.looseObject({
  turn_taking: z
    .looseObject({ mode: z.string().optional().describe('"sequential" asks one after the other in GATHER') })
    .optional(),
  termination: termination.optional(),
})

const logic = z.looseObject({
  description: z.string().optional(),
  strategy: z.string().optional().describe('the strategy, in the language of docs/strategy-language.md'),
})

/** The format of a pattern file. */
export const patternSchema = z.looseObject({
  name,
  type: z.literal('orchestration').optional(),
  version: z.union([z.string(), z.number()]).optional(),
  description: z.string().optional(),
  author: z.string().optional(),
  extends: z.string().optional().describe('another pattern: a path, or a name in the same folder'),
  functions: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .describe('libraries of functions for CALL, such as game_theory'),
  strict: z.boolean().optional().describe('lines in plain language are errors'),
  variables: z.record(z.string(), data).optional().describe('values, or { type, default, description }'),
  agents: z.record(z.string(), agent).optional(),
  orchestration_logic: logic.optional(),
  pattern: logic.optional(),
  routing: z.looseObject({ rules: z.array(routingRule).optional() }).optional(),
  routing_rules: z.array(routingRule).optional(),
  transformers: z.array(transformer).optional(),
  coordination: coordination.optional(),
  metadata: z.record(z.string(), data).optional(),
})

export type PatternData = z.infer<typeof patternSchema>
export type AgentData = z.infer<typeof agent>
export type RoutingRule = z.infer<typeof routingRule>
export type Transformer = z.infer<typeof transformer>
export type DeclaredVariable = z.infer<typeof declaredVariable>

/** Whether a variable is declared by type and default, rather than given as a plain value. */
export const asDeclared = (value: unknown): DeclaredVariable | undefined => {
  const isDeclaration =
    typeof value === 'object' && value !== null && !Array.isArray(value) && ('default' in value || 'type' in value)
  if (!isDeclaration) return undefined
  const read = declaredVariable.safeParse(value)
  return read.success ? read.data : undefined
}

/** The schema for editors. */
export const patternJSONSchema = (): object => ({
  title: 'longhaul orchestration pattern',
  ...z.toJSONSchema(patternSchema, { unrepresentable: 'any' }),
})
