import type { UpstreamSettings } from '../domain/settings.ts'
import type { WatchStatus } from './messages.ts'

const shownSkipped = 10

/** What a person reads at the head of a watch's page in the Web UI, as Markdown. */
export function watchDetails(status: WatchStatus, upstream: UpstreamSettings): string {
  const { known } = status
  const skipped = (known?.skipped ?? []).slice(-shownSkipped).reverse()
  return [
    `### Watching ${status.upstream}`,
    `Feed: ${upstream.feed}, every ${status.pollSeconds} s. The last failure of the pending activity \`poll-feed\` says what the last poll found and when the next one is.`,
    known === null
      ? 'First contact: the next poll takes the baseline.'
      : `Baseline: ${known.baseline ?? 'no release yet'}. Newest release handled: ${known.lastRelease ?? 'none'}.`,
    `Forks: ${status.forks.join(', ') || 'none'}. Poll now with \`undrift poll ${status.upstream}\`.`,
    skipped.length === 0
      ? ''
      : `Left out:\n\n${skipped.map(({ tag, reason }) => `- ${tag}: ${reason}`).join('\n')}`,
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}
