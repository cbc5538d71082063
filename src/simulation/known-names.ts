/** What names of a run are names of. */
export const PARTS = ['agents', 'models', 'services'] as const
export type Part = (typeof PARTS)[number]
export const SINGULAR = { agents: 'agent', models: 'model', services: 'service' } as const satisfies Record<
  Part,
  string
>

/** What a call is of, as events have it: they call the service a provider. */
export const nameIn = (call: { agent: string; model: string; provider: string }, part: Part): string =>
  part === 'services' ? call.provider : call[SINGULAR[part]]

/** Names that somebody could have had in a run, whether or not anybody did. */
export type KnownNames = (part: Part) => Iterable<string>

export const NO_NAMES: KnownNames = () => []
