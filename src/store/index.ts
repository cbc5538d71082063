export { EventLog, type EventLogOptions, type Repair } from './event-log.ts'
export { StoreError } from './errors.ts'
export { RunStore, type Checkpoint, type RunStatus, type SavedRun } from './run-store.ts'
