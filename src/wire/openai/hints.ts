/** What a request says of its sender. */
export const chatHints = ({ metadata, user }: Readonly<Record<string, unknown>>): string[] => {
  const { agent, agent_id: id } = (metadata ?? {}) as Record<string, unknown>
  return [agent, id, user].filter((hint) => typeof hint === 'string')
}
