import { blocksOf, type Block, type MessagesRequest } from './messages-request.ts'

/** What one side said before the other did: messages of one role that follow each other are one turn. */
export interface Turn {
  role: string
  /** Number of its first message. */
  at: number
  blocks: readonly PlacedBlock[]
}

/** A block, and where it is in the request. */
export interface PlacedBlock {
  block: Block
  /** `messages.1.content.0`. */
  path: string
}

/** The turns of a conversation. What the system says in between belongs to none. */
export function turnsOf(messages: MessagesRequest['messages']): Turn[] {
  const turns: { role: string; at: number; blocks: PlacedBlock[] }[] = []
  for (const [at, { role, content }] of messages.entries()) {
    if (role === 'system') continue
    const blocks = blocksOf(content).map((block, place) => ({ block, path: `messages.${at}.content.${place}` }))
    const last = turns.at(-1)
    if (last?.role === role) last.blocks.push(...blocks)
    else turns.push({ role, at, blocks })
  }
  return turns
}
