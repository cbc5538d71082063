/**
 * A strategy as it is written in a pattern, over several lines: what stands before its lines for the sake of the test
 * is taken away, and so are the line breaks around it.
 *
 * @example
 * ```ts
 * strategy`
 *   FOR round IN 1..3:
 *     GATHER votes FROM agents
 *   RETURN votes
 * `
 * ```
 */
export function strategy(parts: TemplateStringsArray, ...values: readonly unknown[]): string {
  const lines = String.raw(parts, ...values).split('\n')
  const written = lines.filter((line) => line.trim() !== '')
  const margin = Math.min(...written.map((line) => line.search(/\S/)))
  const from = lines.indexOf(written[0]!)
  const to = lines.lastIndexOf(written.at(-1)!)
  return lines
    .slice(from, to + 1)
    .map((line) => line.slice(margin).trimEnd())
    .join('\n')
}

/** A pattern of some agents and a strategy, as `loadPattern` and `describeOrchestration` take it. */
export function pattern(
  text: string,
  { agents = ['ann', 'ben'], more = '' }: { agents?: readonly string[]; more?: string } = {},
): { text: string } {
  const agentLines = agents.map((agent) => `  ${agent}: { profile: worker, prompt_template: You are ${agent}. }\n`)
  return {
    text: `name: inline
agents:
${agentLines.join('')}${more}
orchestration_logic:
  strategy: |
${text.replaceAll(/^(?=.)/gm, '    ')}
`,
  }
}
