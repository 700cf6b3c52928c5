import type { PatchReport } from '../../domain/patch.ts'
import type { AttemptStatus } from '../../workflows/messages.ts'
import type { AttemptView, StepProgress } from '../follow-attempt.ts'
import type { Context } from './context.ts'
import { span } from './render/age.ts'
import { checkLines } from './render/attempt.ts'
import { oneLine, shortened } from './render/table.ts'
import { cut } from './render/width.ts'
import { verdictWord } from './render/words.ts'

export interface Progress {
  readonly show: (view: AttemptView) => void
  /** Says what came last and leaves the line clean. */
  readonly end: (status: AttemptStatus | null) => void
}

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']

/**
 * Says on stderr what an attempt does: a line per step, patch and check; on a terminal also one live line below them.
 * Own code, because the spinner at hand reads the keyboard in raw mode and ends the process itself on Ctrl-C.
 */
export function makeProgress(
  context: Context,
  attempt: { readonly id: string; readonly known: AttemptStatus | null },
): Progress {
  const { id, known } = attempt
  const live = context.host.stderrIsTty && !context.quiet ? makeLiveLine(context) : null
  const told = {
    phase: '',
    patches: JSON.stringify(known?.patches),
    checks: JSON.stringify(known?.checks),
    count: '',
    silent: false,
  }

  function tell(line: string): void {
    live?.clear()
    context.say(line)
  }
  function tellStatus(status: AttemptStatus): void {
    const style = context.talkStyle
    const patches = JSON.stringify(status.patches)
    if (status.patches.length > 0 && patches !== told.patches) {
      status.patches.forEach((patch, index) => {
        tell(patchLine(patch, { index, total: status.patches.length, style }))
      })
    }
    told.patches = patches
    const checks = JSON.stringify(status.checks)
    if (checks !== told.checks) for (const line of checkLines(status.checks, style)) tell(line)
    told.checks = checks
    const phase = `${status.phase} ${status.reason}`
    if (phase !== told.phase && status.phase !== 'ended' && status.phase !== 'waiting') {
      tell(`${style.cyan(status.phase)}  ${oneLine(status.reason)}`)
      told.count = ''
    }
    told.phase = phase
  }
  function tellCount(progress: StepProgress | null): void {
    if (progress === null) return
    const count = countOf(progress)
    if (live === null && count !== told.count) context.say(`  ${count}`)
    told.count = count
  }

  return {
    show: ({ status, progress }) => {
      if (status === null) {
        if (!told.silent) tell(context.talkStyle.yellow(`${id}: no worker answers; waiting for one`))
        told.silent = true
        return
      }
      told.silent = false
      tellStatus(status)
      tellCount(progress)
      live?.set(`${status.phase}${progress === null ? '' : `  ${countOf(progress)}`}`)
    },
    end: (status) => {
      if (status !== null) tellStatus(status)
      live?.end()
    },
  }
}

/** How far a step is, and with what. */
function countOf({ done, total, what }: StepProgress): string {
  const count = `${done} of ${total} done`
  return what === null ? count : `${shortened(oneLine(what))}: ${count}`
}

function patchLine(
  patch: PatchReport,
  at: { readonly index: number; readonly total: number; readonly style: Context['talkStyle'] },
): string {
  const count = `${String(at.index + 1).padStart(String(at.total).length)}/${at.total}`
  return `  ${count}  ${verdictWord(patch.verdict, at.style)}  ${at.style.dim(patch.oid.slice(0, 10))}  ${oneLine(patch.subject)}`
}

/** One line that is written over and over, with the time since its text changed. */
function makeLiveLine(context: Context) {
  let text = ''
  let since = Date.now()
  let frame = 0
  const clear = (): void => context.host.writeError('\r\u001b[K')
  const timer = setInterval(() => {
    if (text === '') return
    frame = (frame + 1) % frames.length
    const line = `${frames[frame]} ${text}  ${span((Date.now() - since) / 1000)}`
    context.host.writeError(`\r\u001b[K${cut(line, context.host.columns - 1)}`)
  }, 120)
  timer.unref()
  return {
    clear,
    set: (next: string) => {
      if (next !== text) since = Date.now()
      text = next
    },
    end: () => {
      clearInterval(timer)
      clear()
    },
  }
}
