import { defineConfig } from 'vitest/config'

// The library is loaded as from node_modules: by Node itself, not through Vite.
export default defineConfig({
  test: { include: ['bench/*.test.ts'], server: { deps: { external: [/\/src\//] } } },
})
