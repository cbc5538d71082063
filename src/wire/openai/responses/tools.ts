import type { CallRequest, HostedTool, ToolChoice, ToolDefinition } from '../../../provider/index.ts'
import type { BadRequest } from '../../service.ts'
import { invalid } from '../errors.ts'
import { strictProblem } from '../strict-schema.ts'
import type { OfferedTool, ResponsesRequest } from './request.ts'

/** Tools that the service runs itself, by how their types begin. */
const HOSTED = ['web_search', 'file_search', 'code_interpreter', 'mcp', 'image_generation'] as const
/** The kind of a hosted tool. */
export type HostedKind = (typeof HOSTED)[number]

/** The hosted tool that a type names, whatever its version. A vendor's tool may have no type. */
const hostedKind = (type: string | undefined): HostedKind | undefined => HOSTED.find((kind) => type?.startsWith(kind))

/** Tools that the client runs. */
export const definitionsOf = (tools: readonly OfferedTool[]): ToolDefinition[] =>
  tools.flatMap(({ type, name = '', description = '', parameters }) => {
    if (type === 'function') return [{ name, description, parameters: parameters ?? {} }]
    return type === 'custom' ? [{ name, description, parameters: {}, custom: true as const }] : []
  })

/** Tools that the service runs. */
export const hostedOf = (tools: readonly OfferedTool[]): HostedTool[] =>
  tools.flatMap(({ type, server_label: label }) => {
    const kind = hostedKind(type)
    return kind ? [{ kind, name: label ?? kind }] : []
  })

/** Which tools the model may call, and whether it must. */
export function toolChoiceOf(choice: ResponsesRequest['tool_choice']): ToolChoice {
  if (choice === 'none' || choice === 'required') return { kind: choice }
  if (typeof choice !== 'object' || choice === null) return { kind: 'auto' }
  const { type = '', name, mode, tools = [] } = choice
  if (type === 'allowed_tools') {
    const among = tools.flatMap((tool) => tool.name ?? tool.type ?? [])
    return { kind: mode === 'required' ? 'required' : 'auto', among }
  }
  if ((type === 'function' || type === 'custom') && typeof name === 'string') return { kind: 'tool', name }
  return hostedKind(type) ? { kind: 'required' } : { kind: 'auto' }
}

/** The schema that an answer has to fit. */
export function schemaOf({ text }: ResponsesRequest): CallRequest['responseSchema'] {
  const { type, schema } = text?.format ?? { type: 'text' }
  if (type === 'json_object') return true
  return type === 'json_schema' ? (schema ?? true) : undefined
}

/** The schemas that the request makes strict. */
export function strictOf({ text, tools = [] }: ResponsesRequest): Pick<CallRequest, 'strict'> {
  const names = (tools ?? []).flatMap(({ type, strict, name }) => (type === 'function' && strict && name ? name : []))
  const response = text?.format?.strict === true
  return response || names.length > 0 ? { strict: { response, tools: names } } : {}
}

/** Finds what is wrong with tools and with the format of the text, beside their shape. */
export function wrongTools({ tools, tool_choice: choice, text }: ResponsesRequest): BadRequest | undefined {
  for (const [index, { type, name, strict, parameters }] of (tools ?? []).entries()) {
    if (type !== 'function') continue
    // Schemas are strict here unless the request says otherwise, but only a request that says so is refused.
    const problem = strict ? strictProblem(parameters ?? {}) : undefined
    if (problem)
      return invalid(
        `Invalid schema for function '${name}': ${problem}`,
        `tools[${index}].parameters`,
        'invalid_function_parameters',
      )
  }
  const { type, name, schema, strict } = text?.format ?? { type: 'text' }
  const problem = type === 'json_schema' && strict !== false ? strictProblem(schema) : undefined
  if (problem)
    return invalid(
      `Invalid schema for response_format '${name}': ${problem}`,
      'text.format.schema',
      'invalid_json_schema',
    )
  if (typeof choice === 'object' && choice?.type === 'function' && !tools?.some((tool) => tool.name === choice.name))
    return invalid(`Tool choice 'function' not found in 'tools' parameter.`, 'tool_choice')
  if (choice === 'required' && !tools?.length)
    return invalid(`Tool choice 'required' must be specified with 'tools' parameter.`, 'tool_choice')
  return undefined
}
