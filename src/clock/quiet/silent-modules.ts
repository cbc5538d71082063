/** The modules that Node has loaded for this process; grows. Nothing shows it in the types. */
const loadedByNode = (process as unknown as { moduleLoadList: readonly string[] }).moduleLoadList

/**
 * Tells, at each call, whether a module of Node is loaded that works in the thread pool and says so nowhere: `backup` of
 * `node:sqlite`, which no door can be hung before, as `syncBuiltinESMExports` leaves the module out.
 *
 * @param loaded the names of modules as Node lists them; reads only those again that were added
 */
export function silentModules(loaded: readonly string[] = loadedByNode): () => boolean {
  let seen = 0
  let found = false
  return () => {
    found ||= loaded.includes('NativeModule sqlite', seen)
    seen = loaded.length
    return found
  }
}
