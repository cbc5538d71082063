import { describeKilledAtEveryEvent } from './killed-at-every-event.ts'

/** Every statement of the strategy language that does something. */
const EVERY_STATEMENT = `
name: every_statement
agents:
  ann: { prompt_template: You are Ann. }
  ben: { prompt_template: You are Ben. }
  chair: { role: coordinator, prompt_template: You lead. }
routing_rules:
  - { name: 'note:*', from: '*', to: ben, message: 'A note' }
coordination:
  termination: { event: 'all:over' }
orchestration_logic:
  strategy: |
    SPAWN "dora" WITH template: "ann"
    SET names = sort(agents)
    SET seen = {}
    TRY:
      FOREACH name IN names:
        SET seen[name] = len(name)
      ASSERT len(seen) > 100
    ON failure:
      SET seen["failed"] = failure.kind
    SEND "You are first." TO "ann"
    BROADCAST "Round one" TO agents
    CHECKPOINT "told"
    WAIT for replies OR 5 minutes
    SET told = sort(pluck(replies, "agent"))
    PARALLEL:
      GATHER quick FROM ["ann"] WITH prompt: "Quick?"
      AWAIT { from: ["ben", "dora"], event_pattern: "agent:response", min_responses: 2, timeout: 10m } AS heard
      BROADCAST "Say something" TO ["ben", "dora"]
      WAIT 7 seconds
    EMIT "note:one" WITH { text: "a note" }
    GATHER first FROM agents WITH prompt: "Who is first?", enough: 2, late: "keep"
    GATHER tasks_done FROM agents WITH tasks: [1, 2, 3, 4, 5], prompt: "Do"
    TERMINATE "dora"
    GATHER without FROM agents WITH prompt: "Without Dora?", redistribute: true
    reply = AWAIT completion FROM "ann" WITH prompt: "And you?", timeout: 2m
    PROCESS reply AS summary
    IF everybody is content:
      SET content = 1
    SUMMARISE it in one sentence
    SET scored = []
    FOR n IN 1..2:
      score = CALL rate(n)
      COLLECT score INTO scored
    SET fixed = 0
    RETRY 3 WITH backoff: 2s:
      SET fixed = fixed + 1
      ASSERT fixed == 2
    LOG "nearly"
    SET state = { names: names, told: told, heard: sort(pluck(heard, "from")), done: sort(pluck(tasks_done, "task")), late: len(first) + len(late_responses), without: len(without), summary: summary, scored: scored, fixed: fixed }
    EMIT "all:over" WITH {}
    WAIT 1 hour
`

describeKilledAtEveryEvent([
  {
    name: 'every statement',
    ledger: 'answers say how many seconds they took, and stand in later questions',
    pattern: { text: EVERY_STATEMENT },
    vars: {},
    orchestrator: { functions: { rate: (n: number) => n * 10 } },
  },
])
