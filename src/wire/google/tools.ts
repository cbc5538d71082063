import type { HostedTool, ToolChoice, ToolDefinition } from '../../provider/index.ts'
import type { BadRequest } from '../service.ts'
import type { ContentRequest, FunctionDeclaration, Tool } from './content-request.ts'
import { invalid } from './errors.ts'
import { jsonSchemaOf } from './schema.ts'

// Source: https://ai.google.dev/gemini-api/docs/function-calling, https://ai.google.dev/api/caching#Tool.

/** Tools that the service runs itself, and what they are called among services. */
const HOSTED: Readonly<Record<string, string>> = {
  googleSearch: 'web_search',
  googleSearchRetrieval: 'web_search',
  enterpriseWebSearch: 'web_search',
  googleMaps: 'web_search',
  retrieval: 'file_search',
  fileSearch: 'file_search',
  codeExecution: 'code_interpreter',
  urlContext: 'url_context',
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const parametersOf = ({ parameters, parametersJsonSchema }: FunctionDeclaration): Record<string, unknown> =>
  isObject(parametersJsonSchema) ? parametersJsonSchema : parameters ? jsonSchemaOf(parameters) : {}

const declarationsOf = (tools: readonly Tool[]): FunctionDeclaration[] =>
  tools.flatMap(({ functionDeclarations }) => functionDeclarations ?? [])

/** The functions that the model may call. */
export const functionsOf = ({ tools }: ContentRequest): ToolDefinition[] =>
  declarationsOf(tools ?? []).map((declaration) => ({
    name: declaration.name,
    description: declaration.description ?? '',
    parameters: parametersOf(declaration),
  }))

/** The tools that the service runs itself. */
export const hostedOf = ({ tools }: ContentRequest): HostedTool[] =>
  (tools ?? []).flatMap((tool) =>
    Object.entries(HOSTED).flatMap(([name, kind]) => (tool[name] == null ? [] : [{ kind, name }])),
  )

/** Whether the model answers with text or with functions. */
export function toolChoiceOf({ toolConfig }: ContentRequest): ToolChoice {
  const { mode, allowedFunctionNames: among = [] } = toolConfig?.functionCallingConfig ?? {}
  const some = among.length > 0 && { among }
  switch (mode) {
    case 'NONE':
      return { kind: 'none' }
    case 'ANY':
      return among.length === 1 ? { kind: 'tool', name: among[0]! } : { kind: 'required', ...some }
    default:
      return { kind: 'auto', ...some }
  }
}

const NAME = /^[a-zA-Z_][a-zA-Z0-9_.:-]{0,127}$/

/** What is wrong with the functions of a request. */
export function wrongTools({ tools, toolConfig }: ContentRequest): BadRequest | undefined {
  const names = new Set<string>()
  for (const [index, tool] of (tools ?? []).entries())
    for (const [place, { name }] of (tool.functionDeclarations ?? []).entries()) {
      const where = `GenerateContentRequest.tools[${index}].function_declarations[${place}].name`
      if (!NAME.test(name))
        return invalid(
          `* ${where}: Invalid function name. Must start with a letter or an underscore. Must be alphanumeric (a-z, A-Z, 0-9), ` +
            'underscores (_), dots (.), colons (:), or dashes (-), with a maximum length of 128.\n',
        )
      if (names.has(name)) return invalid(`Duplicate function declaration found: ${name}`)
      names.add(name)
    }
  const { mode, allowedFunctionNames: among = [] } = toolConfig?.functionCallingConfig ?? {}
  if (among.length === 0) return undefined
  if (mode !== 'ANY' && mode !== 'VALIDATED')
    return invalid('Please set allowed_function_names only when function calling mode is ANY.')
  const stranger = among.find((name) => !names.has(name))
  return stranger === undefined
    ? undefined
    : invalid(`allowed_function_names contains a function that is not declared: ${stranger}`)
}
