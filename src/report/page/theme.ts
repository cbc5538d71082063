import { useEffect, useState } from 'preact/hooks'

type Theme = 'light' | 'dark'
const KEY = 'longhaul-theme'

/** What was chosen before; a page from disk may keep nothing. */
function kept(): Theme | undefined {
  try {
    const value = localStorage.getItem(KEY)
    return value === 'light' || value === 'dark' ? value : undefined
  } catch {
    return undefined
  }
}

const dark = matchMedia('(prefers-color-scheme: dark)')

/** The theme in force, and the way to the other one. It follows the system until somebody chooses. */
export function useTheme(): [Theme, () => void] {
  const [theme, setTheme] = useState<Theme>(() => kept() ?? (dark.matches ? 'dark' : 'light'))
  document.documentElement.dataset['theme'] = theme
  useEffect(() => {
    const follow = (): void => void (kept() ?? setTheme(dark.matches ? 'dark' : 'light'))
    dark.addEventListener('change', follow)
    return () => dark.removeEventListener('change', follow)
  }, [])
  const toggle = (): void => {
    const next = theme === 'dark' ? 'light' : 'dark'
    setTheme(next)
    try {
      localStorage.setItem(KEY, next)
    } catch {
      // It is chosen for this time.
    }
  }
  return [theme, toggle]
}

/** Colours of the style sheet, for what is drawn. */
export type Ink = Readonly<Record<(typeof NAMES)[number], string>>
const NAMES = [
  'bg',
  'panel',
  'line',
  'text',
  'muted',
  'accent',
  'answered',
  'retried',
  'failed',
  'cancelled',
  'refused',
  'open',
  'cached',
  'money',
  'claimed',
  'on-bar',
  'window',
  'stripe',
] as const

/** Reads them as they are now. */
export function ink(): Ink {
  const style = getComputedStyle(document.documentElement)
  return Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()])) as Ink
}
