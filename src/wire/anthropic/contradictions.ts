import { blocksOf, isOwnTool, type Block, type MessagesRequest, type Tool } from './messages-request.ts'
import type { ModelRules } from './model-rules.ts'

// Source: https://docs.anthropic.com/en/docs/build-with-claude/extended-thinking (rules), …/api/messages.

const DOCS = 'Please consult our documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking'
const MAX_BREAKPOINTS = 4
const MIN_TOP_P = 0.95
/** What a tool of the client's may have. */
const TOOL_FIELDS = new Set([
  ...['type', 'name', 'description', 'input_schema', 'cache_control', 'allowed_callers', 'defer_loading'],
  ...['eager_input_streaming', 'input_examples', 'strict'],
])
const TOOL_NAME = /^[a-zA-Z0-9_-]{1,128}$/

/**
 * What is wrong with a request though each of its fields is right.
 *
 * @param beta whether the request announces a beta, which may bring tools that no reference names
 */
export const contradictionIn = (
  request: MessagesRequest,
  rules: ModelRules,
  { beta }: { beta: boolean },
): string | undefined =>
  limitProblem(request, rules) ??
  thinkingProblem(request, rules) ??
  toolsProblem(request, beta) ??
  breakpointsProblem(request)

function limitProblem(
  { model, max_tokens: limit, temperature, top_p: topP, stop_sequences: stops }: MessagesRequest,
  { maxOutput, oneOfTwo }: ModelRules,
): string | undefined {
  if (limit > maxOutput)
    return `max_tokens: ${limit} > ${maxOutput}, which is the maximum allowed number of output tokens for ${model}`
  if (oneOfTwo && temperature != null && topP != null)
    return '`temperature` and `top_p` cannot both be specified for this model. Please use only one.'
  return stops?.some((stop) => stop.trim() === '')
    ? 'stop_sequences: each stop sequence must contain non-whitespace'
    : undefined
}

function thinkingProblem(request: MessagesRequest, { adaptive }: ModelRules): string | undefined {
  const { thinking, max_tokens: limit, temperature, top_k: topK, top_p: topP, tool_choice: choice } = request
  const kind = thinking?.type
  if (kind === 'adaptive' && !adaptive) return 'adaptive thinking is not supported on this model'
  if (kind !== 'enabled' && kind !== 'adaptive') return undefined
  if (choice?.type === 'any' || choice?.type === 'tool')
    return 'Thinking may not be enabled when tool_choice forces tool use.'
  if (kind === 'adaptive') return undefined
  if (limit <= thinking!.budget_tokens!)
    return `\`max_tokens\` must be greater than \`thinking.budget_tokens\`. ${DOCS}#max-tokens-and-context-window-size`
  if (temperature != null && temperature !== 1)
    return `\`temperature\` may only be set to 1 when thinking is enabled. ${DOCS}#important-considerations-when-using-extended-thinking`
  if (topK != null) return `\`top_k\` must be unset when thinking is enabled. ${DOCS}`
  return topP != null && topP < MIN_TOP_P
    ? `\`top_p\` must be greater than or equal to ${MIN_TOP_P} or unset when thinking is enabled. ${DOCS}`
    : undefined
}

function toolProblem(tool: Tool, place: number, beta: boolean): string | undefined {
  const { type, name, input_schema: schema } = tool
  if (type != null && type !== 'custom') {
    if (isOwnTool(type) || beta) return undefined
    return `tools.${place}: Input tag '${type}' found using 'type' does not match any of the expected tags: 'custom', 'bash_20250124', 'code_execution_20250825', 'memory_20250818', 'text_editor_20250728', 'web_fetch_20250910', 'web_search_20250305'`
  }
  const path = `tools.${place}.custom`
  if (name === undefined) return `${path}.name: Field required`
  if (typeof name !== 'string') return `${path}.name: Input should be a valid string`
  if (!TOOL_NAME.test(name)) return `${path}.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'`
  if (schema === undefined) return `${path}.input_schema: Field required`
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema))
    return `${path}.input_schema: Input should be a valid dictionary`
  if (schema['type'] === undefined) return `${path}.input_schema.type: Field required`
  if (schema['type'] !== 'object') return `${path}.input_schema.type: Input should be 'object'`
  const extra = beta ? undefined : Object.keys(tool).find((field) => !TOOL_FIELDS.has(field))
  return extra === undefined ? undefined : `${path}.${extra}: Extra inputs are not permitted`
}

function toolsProblem({ tools, tool_choice: choice }: MessagesRequest, beta: boolean): string | undefined {
  for (const [place, tool] of (tools ?? []).entries()) {
    const problem = toolProblem(tool, place, beta)
    if (problem) return problem
  }
  const names = (tools ?? []).flatMap(({ name }) => name ?? [])
  if (new Set(names).size < names.length) return 'tools: Tool names must be unique.'
  if (!choice || choice.type === 'none') return undefined
  if (!tools || tools.length === 0) return 'tool_choice: tool_choice may only be specified while providing tools'
  return choice.type === 'tool' && !names.includes(choice.name!)
    ? `Tool '${choice.name}' not found in provided tools`
    : undefined
}

/** Prompts are cached at few places. */
function breakpointsProblem({ messages, system, tools, cache_control: last }: MessagesRequest): string | undefined {
  const count = (blocks: readonly Block[]): number =>
    blocks.reduce(
      (sum, { cache_control: marked, type, content }) =>
        sum + (marked ? 1 : 0) + (type === 'tool_result' ? count(blocksOf(content)) : 0),
      0,
    )
  const found =
    (tools ?? []).filter(({ cache_control: marked }) => marked).length +
    count(blocksOf(system)) +
    messages.reduce((sum, { content }) => sum + count(blocksOf(content)), 0) +
    (last ? 1 : 0)
  return found > MAX_BREAKPOINTS
    ? `A maximum of ${MAX_BREAKPOINTS} blocks with cache_control may be provided. Found ${found}.`
    : undefined
}
