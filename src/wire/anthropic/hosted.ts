import type { HostedUse } from '../../provider/index.ts'

// Source: https://docs.anthropic.com/en/docs/agents-and-tools/tool-use/web-search-tool, …/web-fetch-tool,
// …/code-execution-tool, …/agents-and-tools/mcp-connector.

/** Two blocks: what the model asked of a tool of the service, and what came of it. */
export interface HostedBlocks {
  use: { type: string; id: string; name: string; input: object } & Record<string, unknown>
  result: { type: string; tool_use_id: string; content: unknown } & Record<string, unknown>
}

/** Who calls a tool: the model itself, and not a program of its. */
export const DIRECT = { type: 'direct' } as const
/** Results that tell who has called. */
const TELL_CALLER = new Set(['web_search_tool_result', 'web_fetch_tool_result'])

const slugOf = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 60) || 'page'

const FOUND = 2

/** What a search has found: pages that are made up, at addresses that lead nowhere. */
export const searchResults = ({ query }: HostedUse): { url: string; title: string }[] =>
  Array.from({ length: FOUND }, (_, nth) => ({
    url: `https://example.com/${slugOf(query)}/${nth + 1}`,
    title: `${query} (${nth + 1})`,
  }))

const addressIn = (query: string): string => /https?:\/\/\S+/.exec(query)?.[0] ?? `https://example.com/${slugOf(query)}`

/** What each kind of tool was asked, and what it says. */
function contentOf(use: HostedUse, at: string): { name: string; input: object; type: string; content: unknown } {
  const { kind, name, query } = use
  switch (kind) {
    case 'web_search': {
      const content = searchResults(use).map(({ url, title }) => ({
        type: 'web_search_result',
        url,
        title,
        encrypted_content: Buffer.from(title).toString('base64'),
        page_age: null,
      }))
      return { name: 'web_search', input: { query }, type: 'web_search_tool_result', content }
    }
    case 'web_fetch': {
      const url = addressIn(query)
      const source = { type: 'text', media_type: 'text/plain', data: `The page at ${url}.` }
      const document = { type: 'document', source, title: url, citations: null }
      const content = { type: 'web_fetch_result', url, content: document, retrieved_at: at }
      return { name: 'web_fetch', input: { url }, type: 'web_fetch_tool_result', content }
    }
    case 'code_interpreter': {
      const isOld = name === 'code_execution'
      const output = { stdout: `${query}\n`, stderr: '', return_code: 0, content: [] }
      return isOld
        ? {
            name,
            input: { code: query },
            type: 'code_execution_tool_result',
            content: { type: 'code_execution_result', ...output },
          }
        : {
            name: 'bash_code_execution',
            input: { command: query },
            type: 'bash_code_execution_tool_result',
            content: { type: 'bash_code_execution_result', ...output },
          }
    }
    case 'tool_search': {
      const content = { type: 'tool_search_tool_search_result', tool_references: [] }
      return { name, input: { query }, type: 'tool_search_tool_result', content }
    }
    default:
      return { name, input: { query }, type: `${name}_tool_result`, content: { type: `${name}_result`, text: query } }
  }
}

/**
 * The blocks of one use of a tool of the service.
 *
 * @param at when it was used, ISO
 */
export function hostedBlocks(use: HostedUse, at: string): HostedBlocks {
  if (use.kind === 'mcp') {
    const id = use.id.startsWith('mcptoolu_') ? use.id : `mcptoolu_${use.id}`
    const content = [{ type: 'text', text: use.query, citations: null }]
    return {
      use: { type: 'mcp_tool_use', id, name: 'search', server_name: use.name, input: { query: use.query } },
      result: { type: 'mcp_tool_result', tool_use_id: id, is_error: false, content },
    }
  }
  const id = use.id.startsWith('srvtoolu_') ? use.id : `srvtoolu_${use.id}`
  const { name, input, type, content } = contentOf(use, at)
  return {
    use: { type: 'server_tool_use', id, name, input, caller: DIRECT },
    result: { type, tool_use_id: id, content, ...(TELL_CALLER.has(type) && { caller: DIRECT }) },
  }
}
