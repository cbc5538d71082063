/** An event as clients get it. */
export interface LoggedEvent {
  event_name: string
  /** Unix seconds. */
  timestamp: number
  /** Null for what belongs to none. */
  orchestration_id: string | null
  /** Of the request that it comes from. */
  correlation_id?: string | null
  data: object
}
