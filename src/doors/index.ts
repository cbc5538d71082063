import { hangChance } from './chance.ts'
import { hangChildTimeouts } from './child-timeouts.ts'
import { hangContexts } from './contexts.ts'
import { hangDates } from './dates.ts'
import { hangMonotonicTime } from './monotonic.ts'
import { hangNetwork } from './network.ts'
import { realm } from './realm.ts'
import { hangTimers } from './timers.ts'
import { hangWatchFile } from './watch-file.ts'
import { hangWork } from './work.ts'

export type { Armed, ChanceBehind, Destination, NetworkBehind, TimeBehind, Verdict, WorkBehind } from './behind.ts'
export { failConnecting, hangUp, writerOf } from './inside.ts'
export { endChildrenWithWorker, guardChildren, letChildrenReach, refusedInChildren } from './children.ts'
export { LOOPBACK, plainHost } from './loopback.ts'
export { keepAhead, monotonicNow } from './monotonic.ts'
export { activeHandles, native, realTurn } from './natives.ts'
export { asksForWebSocket, withoutOffer } from './web-socket.ts'
export { replaceProperties, restoreAll, type Restore } from './patch.ts'
export { isRunning, ownFolder } from './own-folder.ts'
export { emptyPools } from './pools.ts'
export { shared } from './realm.ts'
export { behind, rest, stand } from './stand.ts'
export { giveTimersBack, takeTimersOver } from './timeout.ts'
export { registry, type ChildRecord } from './work-registry.ts'

/** Hangs all doors, once in a worker and for good. Without a session in force each of them is the real thing. */
export function installDoors(): void {
  if (realm.installed.has('all')) return
  realm.installed.add('all')
  hangTimers()
  hangDates()
  hangContexts()
  hangMonotonicTime()
  hangChance()
  hangWork()
  hangChildTimeouts()
  hangWatchFile()
  // After those of work: what is refused is none.
  hangNetwork()
}
