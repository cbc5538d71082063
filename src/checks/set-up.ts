import { check, list } from './check.ts'

export const setUp = check({
  holds: 'The set-up fits the run: whom it names is there, and what it lets a model call is offered.',
  why: 'A name that nobody has sets nothing up, and a tool that was not offered shows nothing of how the system calls its own.',
  advice:
    "Write the name as the system does; leave out what is not used, or set unused: 'warn'; offer the tool, or let the reply call one that is offered.",
  settings: {},
  *find(facts) {
    for (const { at, part, name, called } of facts.of('setUp.misspelt'))
      yield {
        at,
        what: `provider.${part} names "${name}", which no call had. Did you mean "${called}"?`,
      }
    for (const { at, part, name } of facts.of('setUp.unused'))
      yield { at, what: `no call has used what is set up: ${part} ${name}` }
    for (const { at, call, tool, offered } of facts.of('setUp.toolNotOffered'))
      yield {
        at,
        calls: [call],
        what: `the reply to call ${call} calls the tool "${tool}", which the request does not offer; it offers ${offered.length > 0 ? list(offered) : 'none'}`,
      }
  },
})
