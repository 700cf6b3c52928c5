import type { AppliedWatch } from '../../apply-watches.ts'
import { waitingLink } from '../../web-ui.ts'
import type { Style } from '../style.ts'
import { renderApplied } from './applied.ts'
import { indent, oneLine, table } from './table.ts'

export interface UpView {
  readonly address: string
  readonly uiUrl: string | null
  readonly data: string
  /** Null when there is no config to take over. */
  readonly config: string | null
  readonly watches: readonly AppliedWatch[]
  /** The watches that run where there is no config here. */
  readonly running?: readonly string[]
  readonly dataOption: string
}

/** What `up` says once it is ready. */
export function renderUp(view: UpView, style: Style): string {
  const { dataOption } = view
  const facts = table([
    ...(view.uiUrl === null
      ? []
      : [
          [style.dim('  Web UI'), style.cyan(view.uiUrl)],
          [style.dim('  what waits'), style.cyan(waitingLink(view.uiUrl))],
        ]),
    [style.dim('  server'), view.address],
    [style.dim('  data'), view.data],
    ...(view.config === null ? [] : [[style.dim('  config'), view.config]]),
  ])
  const watched =
    view.config === null
      ? withoutConfig(view, style)
      : `${style.bold('Watching')}\n${indent(renderApplied(view.watches, { dataOption, style }), 2)}`
  return [
    `${style.green('Undrift is up.')}\n${facts}`,
    watched,
    `See it with: undrift status${dataOption}\nStop it with Ctrl-C; attempts go on with the next \`undrift up\`.`,
  ].join('\n\n')
}

/** Watches of an earlier `apply` run in any folder. */
function withoutConfig({ running = [], dataOption }: UpView, style: Style): string {
  if (running.length === 0)
    return `Nothing is watched yet: write an undrift.yaml, then: undrift apply${dataOption}`
  const names = running.map((name) => `  ${oneLine(name)}`).join('\n')
  return `${style.bold('Watching')} (as applied before; this folder has no undrift.yaml)\n${names}`
}
