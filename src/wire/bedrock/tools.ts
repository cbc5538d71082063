import type { HostedTool, ToolChoice, ToolDefinition } from '../../provider/index.ts'
import type { ConverseRequest } from './converse-request.ts'

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
