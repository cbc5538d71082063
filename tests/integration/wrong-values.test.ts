import { describeOrchestration } from 'longhaul'

const provider = { latency: '1s', failRate: 0, services: { openai: { failRate: 0 } } } as const
const patternOf = (line: string) => ({
  text: `name: wrong
variables: { name: Ann, nothing: { type: any, required: false }, said: "12", found: [a], object: { name: 1 } }
agents: { ann: {}, ben: {} }
orchestration_logic:
  strategy: |
    ${line}
    RETURN 1
`,
})

// What is not known before a statement runs fails there, with line and column; never with a value that nobody meant.
describeOrchestration.for([
  { line: 'SET x = "Hello " + nothing', at: '6:22', says: 'nothing (null)' },
  { line: 'SET x = said * 2', at: '6:18', says: '* needs two numbers, not the text "12"' },
  { line: 'SET x = found[5]', at: '6:18', says: 'there is no item 5' },
  { line: 'SET x = 1 / len(filter(found, it == "b"))', at: '6:15', says: '/ by 0' },
  { line: 'SET x = object.naem', at: '6:20', says: 'Did you mean "name"?' },
  { line: 'LOG "{{unheard_of}}"', at: '6:12', says: 'There is no variable "unheard_of"' },
  { line: 'LOG "{{len(said) + object}}"', at: '6:22', says: '+ needs two numbers' },
  { line: 'IF name > 3: LOG 1', at: '6:13', says: '> compares two numbers or two texts' },
  { line: 'FOR x IN name: LOG x', at: '6:14', says: 'needs a list, not "Ann"' },
  { line: 'WAIT name', at: '6:10', says: 'it needs a duration' },
  { line: 'WAIT nothing', at: '6:10', says: 'duration of WAIT is null' },
  { line: 'RETRY said: LOG 1', at: '6:11', says: 'a whole number from 1' },
  { line: 'GATHER votes FROM agents WITH at_least: said', at: '6:45', says: 'at_least of GATHER is "12"' },
  { line: 'GATHER votes FROM agents WITH at_least: nothing', at: '6:45', says: 'at_least of GATHER is null' },
  { line: 'GATHER votes FROM agents WITH late: name', at: '6:41', says: 'it needs "cancel" or "keep"' },
  { line: 'GATHER votes FROM agents WITH sequential: name', at: '6:47', says: 'it needs true or false' },
  { line: 'GATHER votes FROM agents WITH prompt: nothing', at: '6:43', says: 'prompt of GATHER is null' },
  { line: 'GATHER votes FROM agents WITH timeout: name', at: '6:44', says: 'it needs a duration' },
  { line: 'GATHER votes FROM nobody', at: '6:5', says: 'There is no agent "nobody"' },
  {
    line: 'GATHER votes FROM agents WITH at_least: 3',
    at: '6:5',
    says: '2 agents can give at most 2. The orchestrator asked no agent',
  },
  { line: 'GATHER votes FROM [] WITH prompt: "x"', at: '6:5', says: '0 agents can give at most 0' },
  { line: 'SEND nothing TO "ann"', at: '6:10', says: 'SEND needs a message that is not empty' },
  { line: 'SEND "x" TO { rle: "a" }', at: '6:5', says: 'Did you mean "role"?' },
  { line: 'EMIT nothing', at: '6:10', says: 'EMIT needs the name of an event' },
  { line: 'PROCESS nothing', at: '6:13', says: 'PROCESS needs a message that is not empty' },
  { line: 'SET found[3] = 1', at: '6:15', says: 'no item at 3' },
  { line: 'COLLECT 1 INTO name', at: '6:5', says: 'the variable is not a list' },
])(
  '$line',
  ({ line }) => ({ pattern: patternOf(line), provider }),
  (test, { at, says }) => {
    test('fails at its place, and says why', async ({ run, expect }) => {
      const { error } = await run()
      expect(String(error)).toContain(`pattern.yaml:${at}: `)
      expect(String(error)).toContain(says)
    })
  },
)
