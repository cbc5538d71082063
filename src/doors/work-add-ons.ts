import { createRequire } from 'node:module'
import { hang } from './door.ts'
import { registry } from './work-registry.ts'

type Loading = { dlopen(module: object, filename: string, flags?: number): void }

/** A door that knows whether native add-ons are in this process, whose threads may be at work unseen. */
export function hangAddOnDoor(): void {
  hang('process.dlopen', process as unknown as Loading, 'dlopen', (load) => {
    registry.addOns += Object.keys(createRequire(import.meta.url).cache).filter((file) => file.endsWith('.node')).length
    return (...args) => {
      load.apply(process, args)
      registry.addOns += 1
    }
  })
}
