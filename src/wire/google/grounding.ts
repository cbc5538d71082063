import type { Choice } from '../../provider/index.ts'

// Source: https://ai.google.dev/gemini-api/docs/google-search, …/code-execution, …/url-context.

/** One use of a tool of the service's own. */
type Use = NonNullable<Choice['hosted']>[number]

const bytes = (text: string): number => new TextEncoder().encode(text).length

/** What a search has found, and which of the text it is the source of. */
function groundingOf(uses: readonly Use[], text: string): object {
  return {
    webSearchQueries: uses.map(({ query }) => query),
    searchEntryPoint: {
      renderedContent: `<div class="container">${uses.map(({ id }) => `<a class="chip" href="https://www.google.com/search?longhaul=${id}">…</a>`).join('')}</div>`,
    },
    groundingChunks: uses.map(({ id }) => ({
      web: { uri: `https://vertexaisearch.cloud.google.com/grounding-api-redirect/${id}`, title: 'example.com' },
    })),
    groundingSupports:
      text === ''
        ? []
        : [
            {
              segment: { startIndex: 0, endIndex: bytes(text), text },
              groundingChunkIndices: uses.map((_, index) => index),
            },
          ],
  }
}

/** What an answer tells of searches and pages beside its parts. */
export function groundedIn({ hosted = [], text }: Choice): object {
  const searches = hosted.filter(({ kind }) => kind === 'web_search' || kind === 'file_search')
  const pages = hosted.filter(({ kind }) => kind === 'url_context')
  const urlMetadata = pages.map(({ query }) => ({
    retrievedUrl: query,
    urlRetrievalStatus: 'URL_RETRIEVAL_STATUS_SUCCESS',
  }))
  return {
    ...(searches.length > 0 && { groundingMetadata: groundingOf(searches, text) }),
    ...(pages.length > 0 && { urlContextMetadata: { urlMetadata } }),
  }
}

/** Code that the service has run, as parts of an answer. */
export const codeParts = ({ kind, query, id }: Use): object[] =>
  kind === 'code_interpreter'
    ? [
        { executableCode: { id, language: 'PYTHON', code: query } },
        { codeExecutionResult: { id, outcome: 'OUTCOME_OK', output: '' } },
      ]
    : []
