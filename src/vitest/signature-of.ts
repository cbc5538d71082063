type Work = (...given: unknown[]) => unknown

/**
 * Fixtures are named by destructuring, which Vitest reads from a function's text: the wrapper shows that of the
 * original.
 */
export const withSignatureOf = <Wrapper extends Work>(wrapper: Wrapper, original: Work): Wrapper =>
  Object.defineProperty(wrapper, 'toString', { value: () => original.toString() })
