import type { HostedUse } from '../../provider/index.ts'
import { blocksOf, type Block, type MessagesRequest } from './messages-request.ts'
import { searchResults } from './hosted.ts'

// Source: https://docs.anthropic.com/en/docs/build-with-claude/citations, …/tool-use/web-search-tool.

/** A place that an answer may cite. */
export type Citation = Readonly<Record<string, unknown>>

const MAX_CITED = 200
/** The first sentence of a text, or its beginning. */
const cited = (text: string): string =>
  /^[^]*?[.!?](?=\s|$)/.exec(text)?.[0].slice(0, MAX_CITED) ?? text.slice(0, MAX_CITED)

const titleOf = ({ title }: Block): string | null => (typeof title === 'string' ? title : null)

function citationOfDocument(block: Block, index: number): Citation {
  const { type, data, content } = (block.source ?? {}) as { type?: unknown; data?: unknown; content?: string | Block[] }
  const of = { document_index: index, document_title: titleOf(block), file_id: null }
  switch (type) {
    case 'text': {
      const text = cited(typeof data === 'string' ? data : '')
      return { type: 'char_location', cited_text: text, ...of, start_char_index: 0, end_char_index: text.length }
    }
    case 'content': {
      const { text } = blocksOf(content)[0] ?? {}
      const said = typeof text === 'string' ? text : ''
      return { type: 'content_block_location', cited_text: said, ...of, start_block_index: 0, end_block_index: 1 }
    }
    default:
      return { type: 'page_location', cited_text: 'Page 1.', ...of, start_page_number: 1, end_page_number: 2 }
  }
}

function citationOfResult(block: Block, index: number): Citation {
  const { text } = blocksOf(block.content)[0] ?? {}
  const of = { source: typeof block.source === 'string' ? block.source : '', title: titleOf(block) }
  const cited = typeof text === 'string' ? text : ''
  return {
    type: 'search_result_location',
    cited_text: cited,
    search_result_index: index,
    ...of,
    start_block_index: 0,
    end_block_index: 1,
  }
}

/** What the documents of a request may be cited by, where it asks for that: each by its beginning. */
export function citationsOf({ messages }: MessagesRequest): Citation[] {
  const blocks = messages.flatMap(({ content }) =>
    blocksOf(content).flatMap((block) => (block.type === 'tool_result' ? blocksOf(block.content) : [block])),
  )
  const citable = (type: string, cite: (block: Block, index: number) => Citation): Citation[] =>
    blocks
      .filter((block) => block.type === type)
      .flatMap((block, index) => (block.citations?.enabled === true ? [cite(block, index)] : []))
  return [...citable('document', citationOfDocument), ...citable('search_result', citationOfResult)]
}

/** What an answer cites of what was found on the web for it. */
export const citationsOfSearch = (uses: readonly HostedUse[]): Citation[] =>
  uses.flatMap((use) =>
    use.kind === 'web_search'
      ? searchResults(use)
          .slice(0, 1)
          .map(({ url, title }) => ({
            type: 'web_search_result_location',
            cited_text: title,
            url,
            title,
            encrypted_index: Buffer.from(url).toString('base64'),
          }))
      : [],
  )
