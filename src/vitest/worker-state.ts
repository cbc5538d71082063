/** What Vitest keeps of a worker, as far as it is read here. */
export interface WorkerState {
  /** The test file that it runs. */
  filepath?: string
  config?: {
    /** Where Vitest has its files: `--root`, or the folder of its configuration. */
    root?: string
  }
}

/** What Vitest keeps of this worker; nothing elsewhere. */
export const workerState = (): WorkerState =>
  (globalThis as { __vitest_worker__?: WorkerState }).__vitest_worker__ ?? {}
