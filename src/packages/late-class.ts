/**
 * A class of a package as the base of a class of our own: the package is loaded when the first instance is made, not
 * when our class is declared.
 *
 * @param load gives the class of the package
 * @example
 * ```ts
 * class Grammar extends lateClass(() => chevrotain().EmbeddedActionsParser) {}
 * ```
 */
export function lateClass<Class extends new (...given: never[]) => object>(load: () => Class): Class {
  function Late(this: unknown, ...given: unknown[]): object {
    const real = load()
    if (Object.getPrototypeOf(Late) !== real) {
      Object.setPrototypeOf(Late, real)
      Object.setPrototypeOf(Late.prototype, real.prototype as object)
    }
    return Reflect.construct(real, given, new.target ?? Late) as object
  }
  return Late as unknown as Class
}
