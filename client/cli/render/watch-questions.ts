import { alarmLines } from '../../../domain/alarm-words.ts'
import { shellWord } from '../../../domain/shell-word.ts'
import type { Silence } from '../../../domain/silence.ts'
import type { MovedTag, UpstreamQuestion } from '../../../domain/watch.ts'
import { acceptWord } from '../../moved-tag.ts'
import type { ListedWatch, UpstreamRow } from '../../watch-row.ts'
import type { Style } from '../style.ts'
import { age, span } from './age.ts'
import { oneLine } from './table.ts'
import { silenceText } from './watch-lines.ts'

export interface QuestionsView {
  readonly now: Date
  readonly dataOption: string
}

/** Whether a person should look at a watch. */
export function needsPerson({ phase, needs, silence }: UpstreamRow): boolean {
  return phase === 'degraded' || needs !== null || silence.length > 0
}

/** Everything about an upstream that waits for a person, each with what settles it; the urgent first. */
export function watchQuestions(watch: ListedWatch, view: QuestionsView, style: Style): readonly string[] {
  const { row } = watch
  const asked = [
    ...row.alarms.map((alarm) => alarmPart(row, alarm, { view, style })),
    ...row.questions.map((question) => questionPart(watch, question, { view, style })),
    ...row.silence.map((silence) => silencePart(watch, silence, { view, style })),
  ]
  const told =
    row.questions.some(({ kind }) => kind === 'feed-gone') ||
    row.silence.some(({ kind }) => kind === 'no-poll')
  return row.phase === 'degraded' && !told ? [...asked, degradedPart(watch, { view, style })] : asked
}

interface Look {
  readonly view: QuestionsView
  readonly style: Style
}

function alarmPart({ name }: UpstreamRow, alarm: MovedTag, { view, style }: Look): string {
  const { tag, after, at } = alarm
  const accept = `undrift release${view.dataOption} ${shellWord(name)} --accept ${acceptWord(alarm)}`
  return part(
    `${style.bold(oneLine(name))}  ${style.red('integrity alarm')}  ${style.dim(`since ${age(at, view.now)}`)}`,
    [
      `The tag ${oneLine(tag)} ${after === null ? 'is gone' : 'no longer names what it named when it was first seen'}. Nothing starts.`,
      ...alarmLines(alarm).map(oneLine),
      `if it may be so: ${style.cyan(accept)}`,
    ],
  )
}

function questionPart(watch: ListedWatch, question: UpstreamQuestion, { view, style }: Look): string {
  const { name } = watch.row
  const head = (what: string) =>
    `${style.bold(oneLine(name))}  ${style.yellow(what)}  ${style.dim(`since ${age(question.since, view.now)}`)}`
  const command = (words: string) => style.cyan(`undrift ${words}`)
  const apply = command(`apply${view.dataOption}`)
  if (question.kind === 'feed-moved') {
    return part(head('feed moved'), [
      `The feed ${oneLine(question.url)} has moved for good to`,
      `  ${oneLine(question.to)}`,
      `take the new address: put it into \`feed:\` of ${name}, then ${apply}`,
      `look again: ${command(`poll${view.dataOption} ${shellWord(name)}`)}`,
    ])
  }
  return part(head('feed gone'), [
    `The feed ${oneLine(question.url)} has answered for too long that there is nothing.`,
    ...(watch.lastFailure === null ? [] : [oneLine(watch.lastFailure)]),
    `if it is elsewhere now: put the address into \`feed:\` of ${name}, then ${apply}`,
    `look again: ${command(`poll${view.dataOption} ${shellWord(name)}`)}`,
    `leave it be: ${command(`hold${view.dataOption} ${shellWord(name)}`)}`,
  ])
}

function silencePart(watch: ListedWatch, silence: Silence, { view, style }: Look): string {
  const { name } = watch.row
  const head = `${style.bold(oneLine(name))}  ${style.yellow(silenceText(silence))}`
  if (silence.kind === 'no-release') {
    return part(head, [
      `see what there is: ${style.cyan(`undrift releases ${shellWord(name)}`)}`,
      `if that is right: change \`expect:\` of ${name} (${span(silence.expectSeconds)}), then ${style.cyan(`undrift apply${view.dataOption}`)}`,
    ])
  }
  return part(head, [
    ...(watch.lastFailure === null
      ? [
          'No failure is known: does a worker of the role control run?',
          style.cyan(`undrift worker${view.dataOption} --role control`),
        ]
      : [oneLine(watch.lastFailure)]),
    `try again now: ${style.cyan(`undrift poll${view.dataOption} ${shellWord(name)}`)}`,
  ])
}

function degradedPart({ row, lastFailure }: ListedWatch, { view, style }: Look): string {
  const head = `${style.bold(oneLine(row.name))}  ${style.red(`${row.failures} polls failed in a row`)}`
  return part(head, [
    ...(lastFailure === null ? [] : [oneLine(lastFailure)]),
    `try again now: ${style.cyan(`undrift poll${view.dataOption} ${shellWord(row.name)}`)}`,
  ])
}

function part(head: string, lines: readonly string[]): string {
  return [head, ...lines.map((line) => `  ${line}`)].join('\n')
}
