/** Levels of a schema that are looked into. */
const MAX_DEPTH = 32

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const contextText = (path: readonly string[]): string =>
  `In context=(${path.map((step) => `'${step}'`).join(', ')}${path.length === 1 ? ',' : ''})`

/**
 * What is wrong with a schema that the model has to keep strictly: each object names all of its keys as required, and has no others.
 * Source: https://platform.openai.com/docs/guides/structured-outputs (supported schemas).
 */
export function strictProblem(schema: unknown, path: readonly string[] = []): string | undefined {
  if (!isObject(schema) || path.length > MAX_DEPTH) return undefined
  const properties = isObject(schema['properties']) ? schema['properties'] : undefined
  if (schema['type'] === 'object' || properties) {
    if (schema['additionalProperties'] !== false)
      return `${contextText(path)}, 'additionalProperties' is required to be supplied and to be false.`
    const required = Array.isArray(schema['required']) ? (schema['required'] as unknown[]) : []
    const missing = Object.keys(properties ?? {}).find((key) => !required.includes(key))
    if (missing !== undefined)
      return `${contextText(path)}, 'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'.`
    const extra = required.find((key) => typeof key !== 'string' || !Object.hasOwn(properties ?? {}, key))
    if (extra !== undefined)
      return `${contextText(path)}, 'required' is required to be supplied and to be an array including every key in properties. Extra required key '${String(extra)}' supplied.`
  }
  for (const [key, of] of Object.entries(properties ?? {})) {
    const problem = strictProblem(of, [...path, 'properties', key])
    if (problem) return problem
  }
  const items = strictProblem(schema['items'], [...path, 'items'])
  if (items) return items
  for (const group of ['anyOf', '$defs', 'definitions'])
    for (const [key, of] of Object.entries((schema[group] ?? {}) as object)) {
      const problem = strictProblem(of, [...path, group, key])
      if (problem) return problem
    }
  return undefined
}
