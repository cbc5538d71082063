import { hang } from './door.ts'
import { behind } from './stand.ts'

type Compile = (source: never, ...rest: never[]) => Promise<unknown>
type Functions = Record<'compile' | 'instantiate' | 'compileStreaming' | 'instantiateStreaming', Compile>

/** Doors of WebAssembly, which compiles in threads of its own that show nowhere. */
export function hangWasmDoors(): void {
  const functions = WebAssembly as unknown as Functions
  for (const name of ['compile', 'instantiate'] as const) {
    hang(`WebAssembly.${name}`, functions, name, (compile) => (...args) => {
      const module = compile.apply(functions, args)
      return behind.work?.hold(module, `WebAssembly.${name}`) ?? module
    })
  }
  for (const name of ['compileStreaming', 'instantiateStreaming'] as const) {
    hang(`WebAssembly.${name}`, functions, name, (compile) => (...args) => {
      const module = compile.apply(functions, args)
      const { work } = behind
      if (!work) return module
      // The response may take virtual time to come; only then does the work begin.
      return Promise.resolve(args[0]).then(
        () => work.hold(module, `WebAssembly.${name}`),
        () => module,
      )
    })
  }
}
