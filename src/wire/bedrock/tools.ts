import type { HostedTool, ToolChoice, ToolDefinition } from '../../provider/index.ts'
import type { BadRequest } from '../service.ts'
import type { ConverseRequest } from './converse-request.ts'
import { invalid } from './errors.ts'

/** Tools of Bedrock's own, and what they are called among services. */
const HOSTED: Readonly<Record<string, string>> = {
  nova_grounding: 'web_search',
  nova_code_interpreter: 'code_interpreter',
}

/** The tools that the client runs. */
export const toolsOf = ({ toolConfig }: ConverseRequest): ToolDefinition[] =>
  (toolConfig?.tools ?? []).flatMap(({ toolSpec }) =>
    toolSpec
      ? [
          {
            name: toolSpec.name,
            description: toolSpec.description ?? '',
            parameters: toolSpec.inputSchema.json ?? {},
          },
        ]
      : [],
  )

/** The tools that the service runs. */
export const hostedOf = ({ toolConfig }: ConverseRequest): HostedTool[] =>
  (toolConfig?.tools ?? []).flatMap(({ systemTool }) => {
    const kind = systemTool ? HOSTED[systemTool.name] : undefined
    return kind ? [{ kind, name: systemTool!.name }] : []
  })

/** Whether the model answers with text or with tools. */
export function toolChoiceOf({ toolConfig }: ConverseRequest): ToolChoice {
  const { tool, any } = toolConfig?.toolChoice ?? {}
  if (tool) return { kind: 'tool', name: tool.name }
  return { kind: any ? 'required' : 'auto' }
}

const NAME = /^[a-zA-Z0-9_-]{1,64}$/

/** What is wrong with the tools of a request: a name that is none, one that is given twice, a choice that is not there. */
export function wrongTools({ toolConfig }: ConverseRequest): BadRequest | undefined {
  const known = new Map<string, number>()
  for (const [index, { toolSpec }] of (toolConfig?.tools ?? []).entries()) {
    if (!toolSpec) continue
    const { name } = toolSpec
    if (!NAME.test(name))
      return invalid(
        `1 validation error detected: Value '${name}' at 'toolConfig.tools.${index + 1}.member.toolSpec.name' failed to satisfy ` +
          'constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+',
      )
    const before = known.get(name)
    if (before !== undefined) return invalid(`The tool ${name} is already defined at toolConfig.tools.${before}.`)
    known.set(name, index)
  }
  const chosen = toolConfig?.toolChoice?.tool?.name
  return chosen === undefined || known.has(chosen)
    ? undefined
    : invalid(`The model returned the following errors: Tool '${chosen}' not found in provided tools`)
}
