/**
 * A strategy, or a pattern with one, over several lines as it is written: what stands before its lines for the sake of
 * the test is taken away, and so are the line breaks around it. A value of several lines stands as deep as its place.
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
  const indented = values.map((value, nth) => {
    const before = parts.raw[nth]!
    const margin = /^ */.exec(before.slice(before.lastIndexOf('\n') + 1))![0]
    return String(value).replaceAll(/\n(?=.)/g, `\n${margin}`)
  })
  const lines = String.raw(parts, ...indented).split('\n')
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
