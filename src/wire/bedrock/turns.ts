import type { BadRequest } from '../service.ts'
import type { ConverseRequest, Turn } from './converse-request.ts'
import { invalid } from './errors.ts'

// Source: what Bedrock answers to wrong conversations.

const idsOf = ({ content }: Turn, kind: 'toolUse' | 'toolResult'): string[] =>
  content.flatMap((block) => block[kind]?.toolUseId ?? [])

/** What is wrong with the blocks of one turn. */
function wrongBlocks({ content }: Turn, index: number): BadRequest | undefined {
  if (content.length === 0)
    return invalid(
      `The content field in the Message object at messages.${index} is empty. Add a ContentBlock object to the content field and try again.`,
    )
  for (const [place, block] of content.entries()) {
    const at = `The ContentBlock object at messages.${index}.content.${place}`
    const kinds = Object.keys(block).length
    if (kinds !== 1)
      return invalid(`${at} must set one of the following keys: text, image, toolUse, toolResult, document.`)
    if (block.text?.trim() === '')
      return invalid(
        `The text field in the ContentBlock object at messages.${index}.content.${place} is blank. Add text to the text field, and try again.`,
      )
  }
  return undefined
}

/** Finds calls without results and results without calls. */
function wrongPair(turn: Turn, before: Turn | undefined, index: number): BadRequest | undefined {
  const open = before?.role === 'assistant' ? idsOf(before, 'toolUse') : []
  const given = idsOf(turn, 'toolResult')
  if (given.some((id) => !open.includes(id)))
    return invalid(
      `The number of toolResult blocks at messages.${index}.content exceeds the number of toolUse blocks of previous turn.`,
    )
  const missing = open.filter((id) => !given.includes(id))
  return missing.length > 0
    ? invalid(`Expected toolResult blocks at messages.${index}.content for the following Ids: ${missing.join(', ')}`)
    : undefined
}

/** Finds what is wrong with a conversation: its order, empty turns, calls without results, results without calls. */
export function brokenTurn({ messages, toolConfig }: ConverseRequest): BadRequest | undefined {
  const turns = (messages ?? []).filter(({ role }) => role !== 'system')
  if (turns[0]?.role !== 'user')
    return invalid(
      'A conversation must start with a user message. Try again with a conversation that starts with a user message.',
    )
  for (const [index, turn] of turns.entries()) {
    const before = turns[index - 1]
    if (before?.role === turn.role)
      return invalid(
        'A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and ' +
          'assistant roles and try again.',
      )
    const wrong = wrongBlocks(turn, index) ?? wrongPair(turn, before, index)
    if (wrong) return wrong
  }
  const last = turns.at(-1)!
  if (last.role === 'assistant' && idsOf(last, 'toolUse').length > 0)
    return invalid('The final turn of a conversation must be a user message after toolUse blocks.')
  const usesTools = turns.some(({ content }) => content.some(({ toolUse, toolResult }) => toolUse ?? toolResult))
  return usesTools && !toolConfig
    ? invalid('The toolConfig field must be defined when using toolUse and toolResult content blocks.')
    : undefined
}
