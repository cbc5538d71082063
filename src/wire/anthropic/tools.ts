import type { HostedTool, ToolDefinition, ToolChoice } from '../../provider/index.ts'
import type { MessagesRequest, Tool } from './messages-request.ts'

// Source: https://docs.anthropic.com/en/docs/agents-and-tools/tool-use/overview (server tools, Anthropic-schema client tools),
// …/tool-use/tool-search-tool (deferred tools are not in the prompt, and leave its cache alone).

/** Tools that the service runs itself: by what they begin with. The first one that fits counts. */
const HOSTED: readonly { types: RegExp; kind: string; name: string }[] = [
  { types: /^web_search/, kind: 'web_search', name: 'web_search' },
  { types: /^web_fetch/, kind: 'web_fetch', name: 'web_fetch' },
  { types: /^code_execution_20250522/, kind: 'code_interpreter', name: 'code_execution' },
  { types: /^code_execution/, kind: 'code_interpreter', name: 'bash_code_execution' },
  { types: /^tool_search_tool_regex/, kind: 'tool_search', name: 'tool_search_tool_regex' },
  { types: /^tool_search/, kind: 'tool_search', name: 'tool_search_tool_bm25' },
  { types: /^mcp_toolset/, kind: 'mcp', name: 'mcp' },
  { types: /^advisor/, kind: 'advisor', name: 'advisor' },
]

const text = (names: readonly string[]): Record<string, unknown> => ({
  type: 'object',
  properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
  required: names,
})
/** Tools that Anthropic has made and the client runs: what they are called with, as the model knows it without being told. */
const OWN_SCHEMAS: readonly [RegExp, Record<string, unknown>][] = [
  [/^bash/, text(['command'])],
  [/^text_editor/, text(['command', 'path'])],
  [/^memory/, text(['command', 'path'])],
  [/^computer/, text(['action'])],
]

const hostedOf = ({ type, mcp_server_name: server }: Tool): HostedTool | undefined => {
  const found = type == null ? undefined : HOSTED.find(({ types }) => types.test(type))
  return found && { kind: found.kind, name: server ?? found.name }
}

function definitionOf({ type, name = '', description, input_schema: schema, ...tool }: Tool): ToolDefinition {
  const own = type == null ? undefined : OWN_SCHEMAS.find(([types]) => types.test(type))
  const parameters = schema ?? own?.[1] ?? {}
  return { name, description: description ?? '', parameters, ...(tool.defer_loading && { deferred: true }) }
}

/** Tools that the client runs. */
export const clientTools = ({ tools }: MessagesRequest): ToolDefinition[] =>
  (tools ?? []).filter((tool) => !hostedOf(tool) && typeof tool.name === 'string').map(definitionOf)

/** Tools that the service runs. */
export function hostedTools({ tools, mcp_servers: servers }: MessagesRequest): HostedTool[] {
  const hosted = (tools ?? []).flatMap((tool) => hostedOf(tool) ?? [])
  const named = new Set(hosted.map(({ name }) => name))
  const others = (Array.isArray(servers) ? servers : []).flatMap((server) =>
    typeof server?.name === 'string' && !named.has(server.name) ? [{ kind: 'mcp', name: server.name }] : [],
  )
  return [...hosted, ...others]
}

/** Which tools the model is to call. */
export function toolChoiceOf(choice: MessagesRequest['tool_choice']): ToolChoice {
  if (choice?.type === 'tool') return { kind: 'tool', name: choice.name ?? '' }
  if (choice?.type === 'any') return { kind: 'required' }
  return { kind: choice?.type === 'none' ? 'none' : 'auto' }
}
