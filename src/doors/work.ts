import { hangAddOnDoor } from './work-add-ons.ts'
import { hangChildDoors } from './work-children.ts'
import { hangDatagramDoors } from './work-datagrams.ts'
import { hangPortDoors } from './work-ports.ts'
import { hangWasmDoors } from './work-wasm.ts'

/** Hangs the doors that tell the clock about work which no list of Node's shows. */
export function hangWork(): void {
  hangAddOnDoor()
  hangChildDoors()
  hangDatagramDoors()
  hangPortDoors()
  hangWasmDoors()
}
