import { check, list } from './check.ts'

const ONE_OF = { agents: 'agent', models: 'model', services: 'service' } as const

export const setUp = check({
  holds:
    'The set-up matches the run: each configured name is used, and each reply uses tools that the request offers and fits its strict schemas.',
  why: 'A name that no call uses configures nothing, and a call of a tool that was not offered does not exercise the tools of the system.',
  advice:
    "Use the name that the system uses; remove set-up that no call uses, unless unused is 'warn'; offer the tool in the request, or let the reply call a tool that is offered; let the reply fit the schema, or write it as text to test an invalid answer.",
  settings: {
    /** Report replies of the set-up that violate a schema that the request makes strict. */
    schemas: true,
  },
  *find(facts) {
    for (const { at, part, name, called } of facts.of('setUp.misspelt'))
      yield {
        at,
        what: `${part === 'declared' ? 'the option agents names' : `the set-up of the provider names the ${ONE_OF[part]}`} "${name}", which no call used. Did you mean "${called}"?`,
        calls: facts.calls.flatMap(({ call, agent, model, service }) =>
          called === { agents: agent, declared: agent, models: model, services: service }[part] ? [call] : [],
        ),
      }
    for (const { at, part, name } of facts.of('setUp.unused'))
      yield { at, what: `no call used this part of the set-up: ${part} ${name}` }
    for (const { at, call, tool, offered } of facts.of('setUp.toolNotOffered'))
      yield {
        at,
        calls: [call],
        what: `the reply to call ${call} calls the tool "${tool}", which the request does not offer; it offers ${offered.length > 0 ? list(offered) : 'none'}`,
      }
    for (const { at, call, problem } of facts.of('setUp.replyMisfit'))
      yield { at, calls: [call], what: `in the reply to call ${call}, ${problem}`, part: 'schemas' }
  },
})
