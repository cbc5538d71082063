/** A service of LLMs, as the orchestrator calls it. */
export interface ServiceSettings {
  /** The base URL, without a slash at the end. */
  baseURL: string
  /** The wire format of the service. */
  format: 'openai' | 'anthropic'
  /** The API key for requests to the service. Default: the text `longhaul`. */
  apiKey?: string
  /**
   * Sends the requests to the service. Default: the global `fetch`, which in Node waits no longer than five minutes for an
   * answer. The daemon has one without this limit.
   */
  fetch?: typeof fetch
}
