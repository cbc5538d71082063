import type { Message } from '../../provider/index.ts'
import { imageSides } from '../image-sides.ts'
import type { Block, ConverseRequest, ResultContent, Turn } from './converse-request.ts'

// Source: https://docs.claude.com/en/docs/build-with-claude/vision (image costs); the models of others count alike.

const PIXELS_PER_TOKEN = 750
const MAX_IMAGE_TOKENS = 1_600
/** Base64 characters of a document for each of its tokens: a page of a PDF has some 50 kB and 1,000 tokens. */
const DOCUMENT_CHARACTERS = 64
/** Base64 characters of a film for each of its tokens. */
const FILM_CHARACTERS = 1_200

function imageTokens(data: string): number {
  const sides = imageSides(data)
  return sides
    ? Math.min(MAX_IMAGE_TOKENS, Math.ceil((sides.width * sides.height) / PIXELS_PER_TOKEN))
    : MAX_IMAGE_TOKENS
}

const bytesOf = (media: Block['image']): string => {
  const bytes = media?.source?.bytes
  return typeof bytes === 'string' ? bytes : ''
}

function mediaTokensOf({ image, document, video, toolResult }: Block): number {
  return (
    (image ? imageTokens(bytesOf(image)) : 0) +
    (document ? Math.max(1, Math.ceil(bytesOf(document).length / DOCUMENT_CHARACTERS)) : 0) +
    (video ? Math.max(1, Math.ceil(bytesOf(video).length / FILM_CHARACTERS)) : 0) +
    (toolResult?.content ?? []).reduce((sum, content) => sum + mediaTokensOf(content), 0)
  )
}

const resultText = ({ text, json }: ResultContent): string => text ?? (json === undefined ? '' : JSON.stringify(json))

const textOf = ({ text, toolResult }: Block): string => text ?? toolResult?.content.map(resultText).join('') ?? ''

function messageOf({ role, content }: Turn): Message {
  const results = content.length > 0 && content.every(({ toolResult, cachePoint }) => toolResult ?? cachePoint)
  const mediaTokens = content.reduce((sum, block) => sum + mediaTokensOf(block), 0)
  return {
    role: results && role === 'user' ? 'tool' : role,
    text: content.map(textOf).join(''),
    toolCalls: content.flatMap(({ toolUse }) =>
      toolUse ? [{ id: toolUse.toolUseId, name: toolUse.name, arguments: JSON.stringify(toolUse.input ?? {}) }] : [],
    ),
    cacheBreakpoint: content.some(({ cachePoint }) => cachePoint),
    ...(mediaTokens > 0 && { mediaTokens }),
  }
}

/** All of a prompt. A cache point among the tools is one at the end of what comes next. */
export function promptOf({ system, messages, toolConfig }: ConverseRequest): Message[] {
  const cachedTools = toolConfig?.tools.some(({ cachePoint }) => cachePoint) ?? false
  const instructions: Message[] =
    system && system.length > 0
      ? [
          {
            role: 'system',
            text: system.map(({ text }) => text ?? '').join(''),
            toolCalls: [],
            cacheBreakpoint: system.some(({ cachePoint }) => cachePoint),
          },
        ]
      : []
  const [first, ...others] = [...instructions, ...(messages ?? []).map(messageOf)]
  if (!first) return []
  return [{ ...first, cacheBreakpoint: first.cacheBreakpoint || cachedTools }, ...others]
}
