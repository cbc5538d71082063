/** The tokens of one call. `input` includes the cached tokens and the tokens written to the cache. */
export interface Usage {
  /** All tokens of the prompt, including cached tokens and tokens written to the cache. */
  input: number
  /** The part of `input` read from the prompt cache. */
  cachedInput: number
  /** The part of `input` written to the prompt cache (Anthropic bills it apart; 0 at OpenAI). */
  cacheWrite: number
  /** All generated tokens, reasoning included. */
  output: number
  /** The part of `output` that is reasoning. */
  reasoning: number
}

/** A message of a request in a trace that keeps contents. */
export interface TracedMessage {
  /** The role of the message, such as `user`. */
  role: string
  /** The text of the message. */
  text: string
}

/** 10⁻¹² US dollars. A safe integer for one call: a price of $0.15 per million tokens is 150,000 per token. */
export type PicoDollars = number

/**
 * Why a request was refused before it became a call. `outside`: the test does not simulate the host. `unsimulated`: the
 * service may have the path, but longhaul does not simulate it. The others are errors of the service: an invalid
 * request, malformed JSON, a missing key, a request that is too large.
 */
export type RefusedReason = 'outside' | 'unsimulated' | 'invalid' | 'malformed' | 'unauthorized' | 'too_large'

/** The content of an event, without its time. Discriminated by `type`. */
export type EventBody =
  /** A run started. */
  | { type: 'run.started'; name: string; seed: string | number; vars: Readonly<Record<string, unknown>> }
  /** A run ended: the system returned. */
  | { type: 'run.ended'; status: 'completed' }
  /** A run ended: the system threw. */
  | { type: 'run.ended'; status: 'failed'; error: string; message: string }
  /** The test cancelled a run; caused by its start. */
  | { type: 'run.cancelled' }
  /**
   * A call arrived at the provider. The causes contain the end of the call whose answer it passes on. `attempt` is 1
   * for the first attempt of a request, 2 for its first retry …
   */
  | {
      type: 'call.arrived'
      call: number
      agent: string
      conversation: string
      turn: number
      provider: string
      model: string
      operation: string
      stream: boolean
      inputTokens: number
      attempt: number
      /** Identifies the content of the request: equal for requests with the same content. */
      request: string
      /** Identifies the messages of the request, if it continues a conversation. */
      prompt?: number
      /** The newest call whose messages and answer are the beginning of these messages. */
      continues?: number
      /** The newest calls whose answers the messages contain, at least their beginnings. */
      holds?: readonly number[]
      /**
       * The newest call in progress whose messages are the beginning of these messages, before another question: its
       * question has no answer yet.
       */
      overtakes?: number
      /** How many messages of the user end the messages without an answer between them, if several. */
      questions?: number
      /**
       * How many times in a row the messages end with the same tool calls and the same results, if several: one step,
       * or up to three in turn.
       */
      repeated?: number
      /** The names of the tools that are called each time, if `repeated` is set. */
      repeatedTools?: readonly string[]
      /** The run that made the call: the `seq` of its start. Null for a call of the test itself; omitted if unknown. */
      run?: number | null
      /** The messages of the request, if the trace keeps contents. */
      messages?: readonly TracedMessage[]
      /**
       * Whether the service continues the call without its client: a line of a batch, or an answer that is fetched
       * later.
       */
      detached?: true
      /** Whether the client runs in another process or thread, in real time, while the time of the run is simulated. */
      ownTime?: true
    }
  /**
   * The provider detected that a call retries a failed call. A failed call has one retry. If a second call counts its
   * retries and repeats the same failure, the first one was another sample of the same prompt.
   */
  | { type: 'call.retried'; call: number; of: number; afterMs: number }
  /** A client repeated the request with the idempotency key of this call, and gets the same answer. */
  | { type: 'call.replayed'; call: number }
  /**
   * All clients of a request with an idempotency key disconnected. The service continues the call, and keeps the
   * answer.
   */
  | { type: 'call.left'; call: number }
  /** The service starts to process a queued call. */
  | { type: 'call.dequeued'; call: number; waitedMs: number }
  /** The first token of an answer left the service. */
  | { type: 'call.firstToken'; call: number; afterMs: number }
  /** A call ended with an answer. `fault` is the fault of a complete answer: `empty`, `refusal` or `slow`. */
  | {
      type: 'call.ended'
      call: number
      afterMs: number
      finish: string
      fault: string | null
      usage: Usage
      cost: PicoDollars
      /** The text of the answer (the first of several choices), if the trace keeps contents. */
      answer?: string
    }
  /**
   * A call failed. `fault` is the name of a fault, `disconnected` if the client disconnected, or the error of an
   * invalid request.
   */
  | {
      type: 'call.failed'
      call: number
      afterMs: number
      fault: string
      message: string
      /** The time to wait before a retry, as the service stated it; null if it stated none. */
      retryAfterMs: number | null
      usage: Usage
      cost: PicoDollars
    }
  /** A request that was refused before it became a call. */
  | {
      type: 'call.refused'
      /** The number of the call, if a simulated service refused it; null if no service received it. */
      call: number | null
      /** The agent that sent the request, if known. */
      agent: string | null
      /** The simulated service at this host; null if there is none. A program that the test started cannot reach it there. */
      provider: string | null
      model: string | null
      /** Host and port of the URL, in lower case. */
      host: string
      method: string
      /** The path without the query, which may contain keys. */
      path: string
      /** The HTTP status of the answer; null without an answer. */
      status: number | null
      reason: RefusedReason
      message: string
      /** Identifies the content of the request: equal for requests with the same content. */
      request: string | null
    }
  /** A service answered a request without cost, such as a list of models, a file, or stored data. */
  | {
      type: 'resource.answered'
      provider: string
      operation: string
      method: string
      path: string
      status: number
      /** The agent that sent the request, by the header `x-longhaul-agent`. */
      agent: string | null
    }
  /** An agent started. */
  | { type: 'agent.spawned'; agent: string }
  /** An agent was terminated. */
  | { type: 'agent.terminated'; agent: string; reason: string }
  /** A gather started. */
  | {
      type: 'gather.started'
      gather: number
      name: string
      expected: readonly string[]
      atLeast: number
      timeoutMs: number | null
      /** Number of tasks that the agents share; null if all agents get the same question. */
      tasks: number | null
    }
  /** A gather received the answer of an agent; `late` if the gather had ended before. */
  | { type: 'gather.received'; gather: number; agent: string; late: boolean }
  /** A gather ended. */
  | { type: 'gather.ended'; gather: number; received: readonly string[]; missing: readonly string[] }
  /** A run was resumed after a restart or a suspension; `uncertain` calls were in flight at the stop. */
  | { type: 'run.resumed'; run: string; uncertain: number }
  /** A working agent made no progress. The orchestrator restarts it, or marks it as failed. */
  | { type: 'agent.hung'; agent: string; sinceMs: number; restarts: number }
  /** The orchestrator restarted a hung agent. */
  | { type: 'agent.restarted'; agent: string; restarts: number }
  /** An agent got a task of a gather, `instead` of an agent that ended. */
  | { type: 'task.assigned'; gather: number; task: number; agent: string; instead: string | null }
  /** The orchestrator started an effect of the statement at `line` of the strategy. */
  | { type: 'effect.started'; effect: number; line: number; kind: string }
  /** An effect of the strategy ended; `failure` is the kind of its failure. */
  | { type: 'effect.ended'; effect: number; ok: boolean; failure: string | null; message?: string }
  /** The cost of a call as the system or the orchestrator computes it; `uncertain` without reported usage. */
  | {
      type: 'cost.claimed'
      agent: string
      model: string
      known: PicoDollars
      uncertain: PicoDollars
      /** Tokens that the service reported; 0 if it reported none. Omitted in traces of earlier versions. */
      inputTokens?: number
      outputTokens?: number
    }
  /** With `trace_enabled`: a prompt and its answer, as the orchestrator knows them. Times in milliseconds. */
  | {
      type: 'completion.traced'
      agent: string
      model: string
      prompt: string
      answer: string
      /** Time from the question to the answer, including the queue and retries. */
      tookMs: number
      /** Time in the queue of the conversation. */
      waitedMs: number
      inputTokens: number
      outputTokens: number
      cost: PicoDollars
      cached: boolean
    }
  /**
   * The orchestrator compared its spending with the budget. Picodollars as decimal text, because sums may exceed a safe
   * integer.
   */
  | { type: 'cost.checked'; spent: string; limit: string | null }
  /**
   * The budget did not allow a call. `worst` is the worst-case cost of the call, or the largest safe integer for a
   * model without a known price.
   */
  | { type: 'budget.refused'; agent: string; model: string; worst: PicoDollars; left: PicoDollars }
  /**
   * The orchestrator sent a request to a service. Only in traces without a simulated service, such as the log of a
   * daemon.
   */
  | { type: 'attempt.started'; agent: string; provider: string; model: string }
  /**
   * The attempt ended, as the orchestrator knows it; caused by its start. `failure` is the kind of the failure, or null
   * for an answer. `cost` is computed from the reported usage; without reported usage, see `cost.claimed`.
   */
  | {
      type: 'attempt.ended'
      agent: string
      provider: string
      model: string
      tookMs: number
      failure: string | null
      message: string
      inputTokens: number
      cachedInputTokens: number
      outputTokens: number
      cost: PicoDollars
    }
  /** An attempt of the orchestrator failed; `retryInMs` is null if it gives up. */
  | {
      type: 'attempt.failed'
      agent: string
      target: string
      attempt: number
      kind: string
      message: string
      retryInMs: number | null
    }
  /** The orchestrator sent a second (hedged) request. */
  | { type: 'call.hedged'; agent: string; target: string }
  /** A circuit breaker changed its state. */
  | { type: 'breaker.changed'; target: string; state: 'closed' | 'open' | 'half-open' }
  /** The orchestrator called another model instead of the agent's own model. */
  | { type: 'model.fellBack'; agent: string; model: string; reason: string }
  /** The cache answered a prompt. */
  | { type: 'cache.hit'; agent: string; similarity: number; saved: PicoDollars }
  /** The cache had no answer to a prompt. */
  | { type: 'cache.missed'; agent: string }
  /** The orchestrator dropped the oldest messages of a conversation. */
  | { type: 'conversation.pruned'; agent: string; messages: number }
  /** An agent or the strategy sent a message to an agent. */
  | { type: 'message.sent'; from: string; to: string }
  /** An agent or the strategy emitted an event. `hops` is the length of the chain of events that led to it. */
  | { type: 'event.emitted'; event: string; from: string; hops: number }
  /** The orchestrator dropped an event, because its chain of events was too long. */
  | { type: 'event.dropped'; event: string; hops: number }
  /** A line of the log of the strategy. */
  | { type: 'log'; line: number; text: string }
  /** The test slept on the clock. */
  | { type: 'clock.slept'; ms: number }
  /** The clock stopped the run: a deadlock, or a timer storm. */
  | { type: 'clock.stuck'; code: string; message: string }
  /** Intervals that were still active at the end of the test, with their periods in milliseconds. */
  | { type: 'timers.leaked'; everyMs: readonly number[] }
  /** Calls of the test itself that were in progress when its function ended, or that it made later. */
  | { type: 'calls.leaked'; calls: readonly number[] }
  /** A name in the set-up that no call used, although a caller has a similar name. */
  | {
      type: 'setUp.misspelt'
      part: 'agents' | 'models' | 'services' | 'declared' | 'breakers'
      name: string
      called: string
    }
  /** A part of the set-up that no call used, if that is an error. */
  | {
      type: 'setUp.unused'
      part: 'agents' | 'models' | 'services' | 'declared' | 'breakers' | 'windows' | 'replies' | 'schedule' | 'failNext'
      name: string
    }
  /** The reply to a call calls a tool that the request does not offer. */
  | { type: 'setUp.toolNotOffered'; call: number; tool: string; offered: readonly string[] }
  /** A reply of the set-up that violates a schema that the request makes strict. */
  | { type: 'setUp.replyMisfit'; call: number; problem: string }
  /** A note of the system under test, or of longhaul. */
  | { type: 'note'; text: string; data?: unknown }
  /**
   * The code under test exported a generative-AI span. The fields follow the semantic conventions; a missing attribute
   * is null. `error` is `error.type`, or the message of the status.
   */
  | {
      type: 'span.ended'
      name: string
      operation: string | null
      agent: string | null
      provider: string | null
      model: string | null
      /** The model that answered. */
      answeredBy: string | null
      error: string | null
      tookMs: number
      inputTokens: number | null
      outputTokens: number | null
    }
  /** The system under test called a watched function. */
  | { type: 'watch.called'; name: string; nth: number }
  /** The watched function returned. */
  | { type: 'watch.returned'; name: string; nth: number; afterMs: number }
  /** The watched function threw. */
  | { type: 'watch.threw'; name: string; nth: number; afterMs: number; message: string }

/** One event of a trace. */
export type TraceEvent = EventBody & {
  /** The sequence number of the event in the trace, from 0. */
  seq: number
  /** Milliseconds since the start of the run, on the clock in force. */
  at: number
  /** `seq` of the events that led to this one. */
  causes: readonly number[]
}

/** The event of one type. */
export type EventOf<Type extends TraceEvent['type']> = Extract<TraceEvent, { type: Type }>
