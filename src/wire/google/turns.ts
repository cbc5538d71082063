import type { BadRequest } from '../service.ts'
import type { Content, Part } from './content-request.ts'
import { invalid } from './errors.ts'

// Source: what the Gemini API answers to wrong turns; https://ai.google.dev/gemini-api/docs/thought-signatures.

const CALL_AFTER_MODEL =
  'Please ensure that function call turn comes immediately after a user turn or after a function response turn.'
const RESPONSE_WITHOUT_CALL = 'Please ensure that function response turn comes immediately after a function call turn.'
const WRONG_COUNT =
  'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.'

const DATA = [
  ...['text', 'inlineData', 'fileData', 'functionCall', 'functionResponse', 'executableCode', 'codeExecutionResult'],
  ...['toolCall', 'toolResponse'],
] as const

const countOf = ({ parts = [] }: Content, kind: 'functionCall' | 'functionResponse'): number =>
  parts.filter((part) => part[kind]).length

const isModel = ({ role }: Content): boolean => role === 'model'

/** What is wrong with the parts of one turn. */
function wrongParts({ parts = [], role }: Content, where: string): BadRequest | undefined {
  if (parts.length === 0) return invalid(`* ${where}.parts: contents.parts must not be empty.\n`)
  const empty = parts.findIndex((part) => !DATA.some((kind) => (part as Record<string, unknown>)[kind] != null))
  const silent =
    role !== 'model' && parts.every(({ text, ...others }) => text === '' && Object.keys(others).length === 0)
  const place = silent ? 0 : empty
  if (place < 0) return undefined
  return invalid(`* ${where}.parts[${place}].data: required oneof field 'data' must have one initialized field\n`)
}

/** Whether a turn of a user begins something new, as opposed to giving results. */
const isQuestion = (content: Content): boolean => !isModel(content) && countOf(content, 'functionResponse') === 0

/** Finds a call of the turn under way whose signature the client has lost. */
function unsigned(contents: readonly Content[]): BadRequest | undefined {
  const from = contents.findLastIndex(isQuestion) + 1
  for (let index = from; index < contents.length; index++) {
    // Of parallel calls the first alone is signed.
    const call: Part | undefined = contents[index]!.parts?.find(({ functionCall }) => functionCall)
    if (!call || !isModel(contents[index]!) || call.thoughtSignature) continue
    return invalid(
      'Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, and ' +
        'missing thought_signature may lead to degraded model performance. Additional data, function call ' +
        `\`default_api:${call.functionCall!.name}\` , position ${index + 1}. Please refer to ` +
        'https://ai.google.dev/gemini-api/docs/thought-signatures for more details.',
    )
  }
  return undefined
}

/** Whether a model demands the signatures of its thoughts back. */
export const demandsSignatures = (model: string): boolean => /^gemini-([3-9]|\d{2,})/.test(model)

/** Finds what is wrong with a conversation: roles, empty turns, calls without results, results without calls. */
export function brokenTurn(contents: readonly Content[], model: string): BadRequest | undefined {
  for (const [index, content] of contents.entries()) {
    const { role } = content
    if (role && !['user', 'model', 'function'].includes(role)) return invalid('Please use a valid role: user, model.')
    const wrong = wrongParts(content, `GenerateContentRequest.contents[${index}]`)
    if (wrong) return wrong
  }
  return wrongPairs(contents) ?? (demandsSignatures(model) ? unsigned(contents) : undefined)
}

/** Calls and results, which have to come in pairs; results may come in several turns. */
function wrongPairs(contents: readonly Content[]): BadRequest | undefined {
  let open = 0
  let given = 0
  for (const [index, content] of contents.entries()) {
    const calls = countOf(content, 'functionCall')
    const responses = countOf(content, 'functionResponse')
    if (responses > 0) {
      if (open === 0) return invalid(RESPONSE_WITHOUT_CALL)
      given += responses
      continue
    }
    if (given !== open) return invalid(WRONG_COUNT)
    open = calls
    given = 0
    const before = contents[index - 1]
    if (calls > 0 && isModel(content) && (!before || isModel(before))) return invalid(CALL_AFTER_MODEL)
  }
  return given === open ? undefined : invalid(WRONG_COUNT)
}
