/** Tokens of one call. `input` counts all of the prompt, the cached part and the part written to the cache included. */
export interface Usage {
  /** All tokens of the prompt, including cached tokens and tokens written to the cache. */
  input: number
  /** The part of `input` read from the prompt cache. */
  cachedInput: number
  /** The part of `input` written to the prompt cache (Anthropic bills it apart; 0 at OpenAI). */
  cacheWrite: number
  /** All that was generated, reasoning included. */
  output: number
  /** The part of `output` that was reasoning. */
  reasoning: number
}

/** A message of a request, as a trace that keeps contents has it. */
export interface TracedMessage {
  /** The role of the message, such as `user`. */
  role: string
  /** The text of the message. */
  text: string
}

/** 10⁻¹² US dollars, a safe integer for one call: a price of $0.15 for a million tokens is 150,000 for a token. */
export type PicoDollars = number

/**
 * Why a request was refused before it became a call. The first two: nobody has answered in a service's name. `outside`:
 * a host that nothing simulates. `unsimulated`: a path that the service has, or may have, and longhaul lacks. The
 * others are the service's own words: a wrong request, one that is no JSON object, one without a key, one too large.
 */
export type RefusedReason = 'outside' | 'unsimulated' | 'invalid' | 'malformed' | 'unauthorized' | 'too_large'

/** What an event says beside when it happened. Discriminated by `type`. */
export type EventBody =
  | { type: 'run.started'; name: string; seed: string | number; vars: Readonly<Record<string, unknown>> }
  | { type: 'run.ended'; status: 'completed' }
  | { type: 'run.ended'; status: 'failed'; error: string; message: string }
  /**
   * A call has reached the provider; caused by the end of the call whose answer it hands on. `attempt` is 1 for the
   * first try of a request, 2 for its first retry …
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
      /** The same for requests with the same content. */
      request: string
      /** The same for requests with the same messages; told of those that go on with a conversation. */
      prompt?: number
      /** The newest call with whose messages, and an answer to them, these messages begin. */
      continues?: number
      /** The calls whose answers the messages hold, from their beginning at least; the newest of them. */
      holds?: readonly number[]
      /**
       * The run that has made it: the place of its start in the trace. Null for a test itself; left out where nobody
       * can tell.
       */
      run?: number | null
      /** What was asked, where the trace keeps contents. */
      messages?: readonly TracedMessage[]
      /** Whether the service goes on with it by itself: a line of a batch, or an answer that is fetched later. */
      detached?: true
    }
  /**
   * The provider has seen that a call repeats one that failed. A failure is repeated once: where a second call does,
   * which counts its retries, the first was one more sample of the same prompt.
   */
  | { type: 'call.retried'; call: number; of: number; afterMs: number }
  /** A request with the idempotency key of this call has come again, and gets the same answer. */
  | { type: 'call.replayed'; call: number }
  /**
   * All clients of a request with an idempotency key have gone away; the service goes on with it, and keeps the answer.
   */
  | { type: 'call.left'; call: number }
  /** A call that waited for a free slot is now being worked on. */
  | { type: 'call.dequeued'; call: number; waitedMs: number }
  | { type: 'call.firstToken'; call: number; afterMs: number }
  /** `fault` names what the answer suffered from though it is in order: `empty`, `refusal` or `slow`. */
  | {
      type: 'call.ended'
      call: number
      afterMs: number
      finish: string
      fault: string | null
      usage: Usage
      cost: PicoDollars
      /** What was answered, where the trace keeps contents: of several choices the first. */
      answer?: string
    }
  /** `fault` is a fault's name, `disconnected` when the client went away, or the refusal of a wrong request. */
  | {
      type: 'call.failed'
      call: number
      afterMs: number
      fault: string
      message: string
      /** How long the client was told to wait before it tries again. */
      retryAfterMs: number | null
      usage: Usage
      cost: PicoDollars
    }
  /** A request that was refused before it became a call. */
  | {
      type: 'call.refused'
      /** Its number among the calls, where a simulated service has refused it; null where no service has seen it. */
      call: number | null
      /** Who asked, where that is known. */
      agent: string | null
      provider: string | null
      model: string | null
      /** Host and port as the URL has them, in lower case. */
      host: string
      method: string
      /** Without the query, which may hold keys. */
      path: string
      /** The HTTP status of the answer; null where the request was not answered. */
      status: number | null
      reason: RefusedReason
      message: string
      /** The same for requests with the same content. */
      request: string | null
    }
  /** A service has answered a request that costs nothing: for its models, for files, for what it keeps. */
  | {
      type: 'resource.answered'
      provider: string
      operation: string
      method: string
      path: string
      status: number
      /** Who asked, where the header `x-longhaul-agent` says so. */
      agent: string | null
    }
  | { type: 'agent.spawned'; agent: string }
  | { type: 'agent.terminated'; agent: string; reason: string }
  | {
      type: 'gather.started'
      gather: number
      name: string
      expected: readonly string[]
      atLeast: number
      timeoutMs: number | null
      /** Pieces of work that the agents share; null where each is asked the same. */
      tasks: number | null
    }
  | { type: 'gather.received'; gather: number; agent: string; late: boolean }
  | { type: 'gather.ended'; gather: number; received: readonly string[]; missing: readonly string[] }
  /** A run goes on after a restart or a pause; `uncertain` calls were under way when it stopped. */
  | { type: 'run.resumed'; run: string; uncertain: number }
  /** An agent at work makes no progress, and is started again or given up. */
  | { type: 'agent.hung'; agent: string; sinceMs: number; restarts: number }
  | { type: 'agent.restarted'; agent: string; restarts: number }
  /** Work of a gather was given to an agent; `instead` of one that is gone. */
  | { type: 'task.assigned'; gather: number; task: number; agent: string; instead: string | null }
  /** The orchestrator has asked something of somebody on behalf of its strategy, which stands at `line`. */
  | { type: 'effect.started'; effect: number; line: number; kind: string }
  | { type: 'effect.ended'; effect: number; ok: boolean; failure: string | null; message?: string }
  /** What the orchestrator believes that a call has cost; `uncertain` where no usage was reported. */
  | {
      type: 'cost.claimed'
      agent: string
      model: string
      known: PicoDollars
      uncertain: PicoDollars
      /** As the service has reported them; 0 where it has not. Traces of earlier versions have none. */
      inputTokens?: number
      outputTokens?: number
    }
  /** With `trace_enabled`: what the orchestrator knows of a question and its answer. Times in milliseconds. */
  | {
      type: 'completion.traced'
      agent: string
      model: string
      prompt: string
      answer: string
      /** From the question to the answer, waiting in line and retries included. */
      tookMs: number
      /** In line for the conversation. */
      waitedMs: number
      inputTokens: number
      outputTokens: number
      cost: PicoDollars
      cached: boolean
    }
  /** Picodollars as decimal text: sums may exceed a safe integer. */
  | { type: 'cost.checked'; spent: string; limit: string | null }
  /** `worst` is the largest safe integer where nobody knows what the model costs. */
  | { type: 'budget.refused'; agent: string; model: string; worst: PicoDollars; left: PicoDollars }
  /** The orchestrator asks a service. Only traces that no service writes to tell this, such as those of a daemon. */
  | { type: 'attempt.started'; agent: string; provider: string; model: string }
  /**
   * What became of that, as the orchestrator knows it; caused by its start. `failure` is null for an answer, and else its
   * kind. The cost is what the reported usage makes; of a failure whose usage nobody reports, `cost.claimed` tells.
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
  /** A try of the orchestrator has failed; `retryInMs` is null where it gives up. */
  | {
      type: 'attempt.failed'
      agent: string
      target: string
      attempt: number
      kind: string
      message: string
      retryInMs: number | null
    }
  | { type: 'call.hedged'; agent: string; target: string }
  | { type: 'breaker.changed'; target: string; state: 'closed' | 'open' | 'half-open' }
  /** Another model is asked than the agent's own. */
  | { type: 'model.fellBack'; agent: string; model: string; reason: string }
  | { type: 'cache.hit'; agent: string; similarity: number; saved: PicoDollars }
  | { type: 'cache.missed'; agent: string }
  | { type: 'conversation.pruned'; agent: string; messages: number }
  | { type: 'message.sent'; from: string; to: string }
  /** `hops` counts the events that led to this one. */
  | { type: 'event.emitted'; event: string; from: string; hops: number }
  | { type: 'event.dropped'; event: string; hops: number }
  | { type: 'log'; line: number; text: string }
  | { type: 'clock.slept'; ms: number }
  | { type: 'clock.stuck'; code: string; message: string }
  /** Intervals that were still running when the test was over; how often each fires. */
  | { type: 'timers.leaked'; everyMs: readonly number[] }
  /** Calls of the test itself that were under way when its function ended, or that it made later. */
  | { type: 'calls.leaked'; calls: readonly number[] }
  /** A name of the set-up that no call had, though somebody called whose name is much like it. */
  | { type: 'setUp.misspelt'; part: 'agents' | 'models' | 'services' | 'declared'; name: string; called: string }
  /** Something of the set-up that no call has used, where that is an error. */
  | {
      type: 'setUp.unused'
      part: 'agents' | 'models' | 'services' | 'declared' | 'windows' | 'replies' | 'schedule' | 'failNext'
      name: string
    }
  /** The answer that is set up for a call calls a tool that its request does not offer. */
  | { type: 'setUp.toolNotOffered'; call: number; tool: string; offered: readonly string[] }
  | { type: 'note'; text: string; data?: unknown }
  /**
   * The code under test has ended a span of generative AI, and says so: what of it, by the conventions. What it does not
   * say is null. `error` is its `error.type`, or what its status says.
   */
  | {
      type: 'span.ended'
      name: string
      operation: string | null
      agent: string | null
      provider: string | null
      model: string | null
      /** The model that has answered. */
      answeredBy: string | null
      error: string | null
      tookMs: number
      inputTokens: number | null
      outputTokens: number | null
    }
  /** A watched function of the system under test. */
  | { type: 'watch.called'; name: string; nth: number }
  | { type: 'watch.returned'; name: string; nth: number; afterMs: number }
  | { type: 'watch.threw'; name: string; nth: number; afterMs: number; message: string }

/** One thing that happened. */
export type TraceEvent = EventBody & {
  /** Place in the trace, from 0. */
  seq: number
  /** Milliseconds since the start of the run, on the clock in force. */
  at: number
  /** `seq` of the events that led to this one. */
  causes: readonly number[]
}

/** The event of one type. */
export type EventOf<Type extends TraceEvent['type']> = Extract<TraceEvent, { type: Type }>
