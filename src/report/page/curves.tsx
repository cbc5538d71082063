import { useEffect, useMemo, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { dollars, short } from './format.ts'
import { gutterOf, PAD_RIGHT } from './layout.ts'
import type { Run } from './run.ts'
import { moneyOf, placeAt, tokensOf, underWayOf, visible, type Lines } from './series.ts'
import { ink, type Ink } from './theme.ts'
import { ticks, type View } from './view.ts'

interface Curve {
  title: string
  lines: Lines
  series: { name: string; color: keyof Ink; filled?: boolean }[]
  format: (value: number) => string
  /** A value that is not to be exceeded. */
  limit?: { name: string; value: number } | undefined
}

/** What a run shows over time, beside its calls. */
function curvesOf(run: Run): Curve[] {
  const { budget, claims, toldBy } = run.model
  const isBilled = toldBy === 'service'
  return [
    {
      title: 'Money',
      lines: moneyOf(run),
      series: [
        { name: isBilled ? 'billed' : 'claimed', color: 'money', filled: true },
        ...(claims.at.length > 0 && isBilled ? [{ name: 'claimed', color: 'claimed' as const }] : []),
      ],
      format: (value) => dollars(value * 1e12),
      limit: budget === null ? undefined : { name: 'budget', value: budget / 1e12 },
    },
    {
      title: 'Tokens',
      lines: tokensOf(run),
      series: [
        { name: 'input', color: 'accent', filled: true },
        { name: 'output', color: 'cached' },
      ],
      format: short,
    },
    {
      title: 'Calls',
      lines: underWayOf(run),
      series: [
        { name: 'under way', color: 'answered', filled: true },
        { name: 'in the last minute', color: 'muted' },
      ],
      format: short,
    },
  ]
}

interface CurvesProps {
  run: Run
  view: View
  width: number
  theme: string
  time: number | undefined
  /** Of each chart. CSS pixels. */
  height: number
}

/** Money, tokens and calls on the axis of the lanes. */
export function Curves({ run, ...shared }: CurvesProps) {
  const curves = useMemo(() => curvesOf(run), [run])
  return (
    <div class="curves">
      {curves.map((curve) => (
        <Chart key={curve.title} curve={curve} gutter={gutterOf(run, shared.width)} {...shared} />
      ))}
    </div>
  )
}

function Chart({
  curve,
  gutter,
  view,
  width,
  height,
  theme,
  time,
}: { curve: Curve; gutter: number } & Omit<CurvesProps, 'run'>) {
  const box = useRef<HTMLDivElement>(null)
  const { title, lines, series, format, limit } = curve
  useEffect(() => {
    const colors = ink()
    const dataOf = (): uPlot.AlignedData => {
      const { at, values } = visible(lines, view.from, view.to, width)
      const limits = limit ? [Float64Array.from(at, () => limit.value)] : []
      return [at, ...values, ...limits] as unknown as uPlot.AlignedData
    }
    const stepped = uPlot.paths.stepped!({ align: 1 })
    const plot = new uPlot(
      {
        width,
        height,
        padding: [6, PAD_RIGHT, 0, 0],
        cursor: { show: false },
        legend: { show: false },
        scales: {
          x: { time: false, range: () => [view.from, view.to] },
          y: { range: (_, __, most) => [0, (Number.isFinite(most) && most > 0 ? most : 1) * 1.08] },
        },
        axes: [
          {
            size: 6,
            values: () => [],
            splits: () => ticks(view.from, view.to, (view.span / (width - gutter - PAD_RIGHT)) * 86).at,
            grid: { stroke: colors.line, width: 1 },
            ticks: { show: false },
          },
          {
            size: gutter,
            gap: 8,
            font: '10px ui-sans-serif, system-ui, sans-serif',
            stroke: colors.muted,
            grid: { stroke: colors.line, width: 1 },
            ticks: { show: false },
            space: 24,
            values: (_, splits) => splits.map((value) => (value === 0 ? '0' : format(value))),
          },
        ],
        series: [
          {},
          ...series.map(({ name, color, filled }) => ({
            label: name,
            stroke: colors[color],
            width: 1.5,
            paths: stepped,
            points: { show: false },
            ...(filled && { fill: `color-mix(in srgb, ${colors[color]} 16%, transparent)` }),
          })),
          ...(limit
            ? [{ label: limit.name, stroke: colors.failed, width: 1.5, dash: [5, 4], points: { show: false } }]
            : []),
        ],
      },
      dataOf(),
      box.current!,
    )
    let frame = 0
    const off = view.onChange(() => {
      cancelAnimationFrame(frame)
      frame = requestAnimationFrame(() => plot.setData(dataOf()))
    })
    return () => {
      off()
      cancelAnimationFrame(frame)
      plot.destroy()
    }
  }, [lines, view, width, height, gutter, theme])
  const place = placeAt(lines.at, time ?? view.to)
  return (
    <div class="curve" role="group" aria-label={title}>
      <div class="curve-head">
        <b>{title}</b>
        {series.map(({ name, color }, nth) => (
          <span key={name}>
            <i class="swatch" style={{ background: `var(--${color})` }} />
            {name} <em>{format(lines.values[nth]![place] ?? 0)}</em>
          </span>
        ))}
        {limit && (
          <span>
            <i class="swatch dashed" />
            {limit.name} <em>{format(limit.value)}</em>
          </span>
        )}
      </div>
      <div ref={box} aria-hidden="true" />
    </div>
  )
}
