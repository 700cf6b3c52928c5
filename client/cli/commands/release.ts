import { confirm, isCancel } from '@clack/prompts'
import { UndriftError } from '../../../domain/errors.ts'
import { exitCodes } from '../../../domain/exit-codes.ts'
import { findHold, targetName } from '../../../domain/hold.ts'
import { shellWord } from '../../../domain/shell-word.ts'
import type { MovedTag } from '../../../domain/watch.ts'
import { dataOption } from '../../data-option.ts'
import { decider } from '../../decide.ts'
import { findTarget, followedBy, type HoldPlace } from '../../hold-target.ts'
import { acceptWord, alarmSentence, findAlarm } from '../../moved-tag.ts'
import { sayToWatch } from '../../say-to-watch.ts'
import { type Session, withSession } from '../../session.ts'
import { listWatches } from '../../watches.ts'
import type { CommandInput, CommandResult } from '../command.ts'
import type { Context } from '../context.ts'
import { meantKind } from '../meant-kind.ts'
import { oneLine } from '../render/table.ts'

/** Lets go again: a hold, and a tag that has moved, once a person has named what it is now. */
export function release(context: Context, input: CommandInput): Promise<CommandResult> {
  const by = typeof input.options.by === 'string' ? input.options.by : decider(context.env)
  const accept = Array.isArray(input.options.accept) ? (input.options.accept as readonly string[]) : []
  const command = `undrift release${dataOption(context)}`
  return withSession(context, async (session) => {
    const watches = await listWatches(session)
    const place = findTarget(input.args[0] ?? '', followedBy(watches), { meant: meantKind(input), command })
    const row = watches.find((watch) => watch.row.name === place.upstream)?.row
    const alarms = row?.alarms ?? []
    const isHeld = findHold(row?.holds ?? [], place) !== null
    const mine = { context, session, place, by }
    if (accept.length > 0) {
      if (place.fork !== null) throw onlyUpstreams(place)
      return accepted(
        mine,
        accept.map((word) => findAlarm(word, alarms, place.upstream)),
      )
    }
    // An alarm is the upstream's: a fork that is named is about its hold alone.
    if (place.fork !== null || alarms.length === 0 || (isHeld && !canAsk(context)))
      return released(mine, alarms)
    if (!canAsk(context)) throw needsLook(alarms, `${command} ${shellWord(place.upstream)}`)
    const taken = await askAbout(alarms)
    if (taken === null) return { exitCode: exitCodes.interrupted, text: 'Nothing was changed.', json: null }
    const left = alarms.length - taken.length
    const parts = taken.length === 0 ? [] : [(await accepted(mine, taken)).text]
    if (isHeld) parts.push((await released(mine, [])).text)
    if (left > 0) parts.push(`${left === 1 ? 'An alarm stands' : `${left} alarms stand`}; nothing starts.`)
    return { exitCode: left > 0 ? exitCodes.integrity : exitCodes.ok, text: parts.join('\n'), json: null }
  })
}

interface Releasing {
  readonly context: Context
  readonly session: Session
  readonly place: HoldPlace
  readonly by: string
}

async function released(
  { session, place, by }: Releasing,
  alarms: readonly MovedTag[],
): Promise<CommandResult> {
  const { upstream, fork, line } = place
  const answer = await sayToWatch(session, upstream, { name: 'release', input: { fork, line, by } })
  const also =
    alarms.length === 0
      ? []
      : [
          `${targetName(upstream, { fork: null, line: null })}: an integrity alarm stands; nothing starts. ${alarms.map(alarmSentence).join(' ')}`,
        ]
  return {
    exitCode: exitCodes.ok,
    text: [answer, ...also].map(oneLine).join('\n'),
    json: { version: 1, upstream, fork, line, accepted: [], answer },
  }
}

async function accepted(
  { session, place, by }: Releasing,
  alarms: readonly MovedTag[],
): Promise<CommandResult> {
  const { upstream } = place
  const answers: string[] = []
  for (const { tag, after } of alarms) {
    const input = { tag, tagObject: after?.tagObject ?? null, by }
    answers.push(await sayToWatch(session, upstream, { name: 'acceptTag', input }))
  }
  const answer = answers.join(' ')
  const tags = alarms.map(({ tag, after }) => ({ tag, tagObject: after?.tagObject ?? null }))
  return {
    exitCode: exitCodes.ok,
    text: answers.map(oneLine).join('\n'),
    json: { version: 1, upstream, fork: null, line: null, accepted: tags, answer },
  }
}

/** Shows each alarm and asks; null when the person left. */
async function askAbout(alarms: readonly MovedTag[]): Promise<readonly MovedTag[] | null> {
  const taken: MovedTag[] = []
  for (const alarm of alarms) {
    const message = `${oneLine(alarmSentence(alarm))} May it be so?`
    const answer = await confirm({ message, initialValue: false, output: process.stderr })
    if (isCancel(answer)) return null
    if (answer) taken.push(alarm)
  }
  return taken
}

function canAsk({ host, json }: Context): boolean {
  return host.stdinIsTty && host.stderrIsTty && !json
}

function needsLook(alarms: readonly MovedTag[], command: string): UndriftError {
  const commands = alarms.map((alarm) => `${command} --accept ${acceptWord(alarm)}`)
  return new UndriftError('UNDRIFT_E_INTEGRITY', alarms.map(alarmSentence).join(' '), {
    hint: `Look at the old and the new object. If it may be so: ${commands.join(' ; ')}`,
  })
}

function onlyUpstreams({ upstream, fork }: HoldPlace): UndriftError {
  return new UndriftError(
    'UNDRIFT_E_USAGE',
    `--accept is about a tag of an upstream, and ${fork} is a fork.`,
    {
      hint: `Name the upstream: ${upstream}`,
    },
  )
}
