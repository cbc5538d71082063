import type Anthropic from '@anthropic-ai/sdk'

/** The search API of the company, which takes its time. */
const SEARCH = 'https://search.example.com/find'

/** The tool of the researchers. */
export const searchTool: Anthropic.Tool = {
  name: 'search',
  description: 'Finds pages about a subject.',
  input_schema: { type: 'object', properties: { query: { type: 'string' } }, required: ['query'] },
}

/** What a search has found, as text for the model. A search that fails is told as such: the model goes on without it. */
export async function search(query: string, signal: AbortSignal): Promise<string> {
  try {
    const response = await fetch(`${SEARCH}?q=${encodeURIComponent(query)}`, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(60_000)]),
    })
    if (!response.ok) return `The search failed with status ${response.status}.`
    const { found } = (await response.json()) as { found: string[] }
    return found.join('\n')
  } catch {
    signal.throwIfAborted()
    return 'The search did not answer.'
  }
}
