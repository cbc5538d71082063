import type { BadRequest } from '../service.ts'
import { invalid, valueList } from './errors.ts'

// Source: https://platform.openai.com/docs/models, …/guides/reasoning (limitations).

const REASONING = /^(o\d|gpt-[5-9])/
const CHAT_LATEST = /chat-latest$/
const NOT_CHAT = /^(text-embedding|text-moderation|omni-moderation|tts|whisper|dall-e|gpt-image|babbage|davinci)/

/** Whether a model thinks before it answers, so that sampling is its own business. */
export const isReasoningModel = (model: string): boolean =>
  REASONING.test(unversioned(model)) && !CHAT_LATEST.test(model)

/** Whether a model takes conversations at all. */
export const isChatModel = (model: string): boolean => !NOT_CHAT.test(model)

/** The model below a name of a fine-tuned one: `ft:gpt-4o:org::id`. */
function unversioned(model: string): string {
  const name = model.startsWith('ft:') ? model.slice(3) : model
  return name.slice(name.lastIndexOf('/') + 1)
}

const MAX_OUTPUT: readonly (readonly [RegExp, number])[] = [
  [/^gpt-3\.5/, 4_096],
  [/^gpt-4-turbo|^gpt-4-\d{4}-preview|^gpt-4-vision/, 4_096],
  [/^gpt-4o-2024-05-13/, 4_096],
  [/^gpt-4o/, 16_384],
  [/^gpt-4\.1/, 32_768],
  [/^o\d/, 100_000],
  [/^gpt-5-chat|chat-latest$/, 16_384],
  [/^gpt-[5-9]/, 128_000],
]

/** The most tokens that a model generates for one answer, where that is published. */
export const maxOutputOf = (model: string): number | undefined =>
  MAX_OUTPUT.find(([pattern]) => pattern.test(unversioned(model)))?.[1]

/** How much a model thinks where nobody says. */
export const defaultEffort = (model: string): string => (/^gpt-5\.[1-9]/.test(unversioned(model)) ? 'none' : 'medium')

/** How much a model may be asked to think, by any of its names. */
export const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const

const EFFORTS_OF: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^o\d/, ['low', 'medium', 'high']],
  [/^gpt-5-pro/, ['high']],
  [/^gpt-5(-\d{4}|-mini|-nano|-codex|$)/, ['minimal', 'low', 'medium', 'high']],
  [/^gpt-5\.1-codex-max/, ['none', 'low', 'medium', 'high', 'xhigh']],
  [/^gpt-5\.1/, ['none', 'low', 'medium', 'high']],
  [/^gpt-5\.[2-5]-pro/, ['medium', 'high', 'xhigh']],
  [/^gpt-5\.[2-5]/, ['none', 'low', 'medium', 'high', 'xhigh']],
]

/** What is wrong with how much a model is asked to think; nothing where nobody says, or where the model is not known. */
export function effortProblem(model: string, effort: string | null | undefined, param: string): BadRequest | undefined {
  const among = EFFORTS_OF.find(([pattern]) => pattern.test(unversioned(model)))?.[1]
  if (effort == null || !among || among.includes(effort)) return undefined
  return invalid(
    `Unsupported value: '${effort}' is not supported with the '${model}' model. Supported values are: ${valueList(among)}.`,
    param,
    'unsupported_value',
  )
}
