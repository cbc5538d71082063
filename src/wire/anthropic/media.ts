import { imageSides } from '../image-sides.ts'
import type { Block } from './messages-request.ts'

// Source: https://docs.anthropic.com/en/docs/build-with-claude/vision (image costs), …/pdf-support (estimate your costs).

const PIXELS_PER_TOKEN = 750
/** Larger images are made smaller before they are looked at. Pixels. */
const MAX_SIDE = 1_568
const MAX_IMAGE_TOKENS = 1_600
/** The middle of what a page of a PDF takes: 1,500 to 3,000. */
const TOKENS_PER_PAGE = 2_250
const CHARACTERS_PER_TOKEN = 3.5

/** Tokens of an image; of one that is only known by its address, those of a large one. */
function imageTokens(source: Source): number {
  const sides = source.type === 'base64' && typeof source.data === 'string' ? imageSides(source.data) : undefined
  if (!sides) return MAX_IMAGE_TOKENS
  const scale = Math.min(1, MAX_SIDE / Math.max(sides.width, sides.height, 1))
  const tokens = Math.ceil((sides.width * scale * sides.height * scale) / PIXELS_PER_TOKEN)
  return Math.min(MAX_IMAGE_TOKENS, Math.max(1, tokens))
}

/** Pages of a PDF in base64. Those within compressed streams are not seen: at least one. */
const pagesOf = (base64: string): number =>
  Math.max(
    1,
    Buffer.from(base64, 'base64')
      .toString('latin1')
      .match(/\/Type\s*\/Page(?!s)/g)?.length ?? 0,
  )

const textTokens = (text: unknown): number =>
  typeof text === 'string' ? Math.ceil(text.length / CHARACTERS_PER_TOKEN) : 0

function documentTokens(source: Source): number {
  switch (source.type) {
    case 'text':
      return textTokens(source.data)
    case 'base64':
      return typeof source.data === 'string' ? pagesOf(source.data) * TOKENS_PER_PAGE : 0
    case 'content':
      return typeof source.content === 'string'
        ? textTokens(source.content)
        : mediaTokens(source.content, { texts: true })
    default:
      return TOKENS_PER_PAGE
  }
}

interface Source {
  type?: unknown
  data?: unknown
  content?: unknown
}

const sourceOf = ({ source }: Block): Source => (typeof source === 'object' && source !== null ? source : {})

/**
 * Tokens of the images and documents among blocks, those within results of tools included.
 *
 * @param texts whether texts beside them count too
 */
export function mediaTokens(blocks: unknown, { texts = false } = {}): number {
  if (!Array.isArray(blocks)) return 0
  return blocks.reduce((sum: number, block: Block | null) => {
    switch (block?.type) {
      case 'image':
        return sum + imageTokens(sourceOf(block))
      case 'document':
        return sum + documentTokens(sourceOf(block))
      case 'tool_result':
        return sum + mediaTokens(block.content)
      case 'text':
        return sum + (texts ? textTokens(block.text) : 0)
      default:
        return sum
    }
  }, 0)
}

/** Whether an image in base64 is none that Claude can read. */
export const isUnreadable = (block: Block): boolean => {
  const { type, data } = sourceOf(block)
  return block.type === 'image' && type === 'base64' && !(typeof data === 'string' && imageSides(data))
}
