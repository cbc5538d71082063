import type { CallRequest } from './call.ts'
import type { ReplySpec } from './reply-rules.ts'
import { misfitOf } from './schema-misfit.ts'

const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value) ?? 'null')

/**
 * How a reply of the set-up violates a schema that the service makes its models keep to, so that the service would never
 * give it. Texts are left alone: a test of broken answers writes them.
 */
export function strictMisfit(
  { json, toolCalls = [], refusal }: ReplySpec,
  { strict, responseSchema, tools }: Pick<CallRequest, 'strict' | 'responseSchema' | 'tools'>,
): string | undefined {
  if (strict === undefined || refusal) return undefined
  if (json !== undefined && strict.response && typeof responseSchema === 'object') {
    const problem = misfitOf(responseSchema, asJson(json))
    if (problem !== undefined) return `the JSON of the reply violates the strict schema of the request: ${problem}`
  }
  for (const { name, arguments: given } of toolCalls) {
    const tool = strict.tools.includes(name) ? tools.find((each) => each.name === name) : undefined
    if (!tool || typeof given === 'string') continue
    const problem = misfitOf(tool.parameters, asJson(given ?? {}), 'the object of arguments')
    if (problem !== undefined) return `the arguments of "${name}" violate its strict schema: ${problem}`
  }
  return undefined
}
