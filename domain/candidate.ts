import type { Candidate } from './attempt.ts'
import type { Oid } from './patch.ts'
import type { ForkSettings } from './settings.ts'

/** The candidate's full ref name on every remote. Throws nothing: the config was checked when it was read. */
export function candidateRef(fork: ForkSettings, tag: string): string {
  const { name, line, publish } = fork
  const branch = publish.candidate
    .replaceAll('{tag}', tag)
    .replaceAll('{fork}', name)
    .replaceAll('{line}', line)
  return `refs/heads/${branch}`
}

/** What would be pushed, and where to, while it lies in the mirror only. */
export function plannedCandidates(fork: ForkSettings, tag: string, sha: Oid): readonly Candidate[] {
  const ref = candidateRef(fork, tag)
  return fork.publish.to.map((remote) => ({
    kind: 'branch',
    ref,
    remote,
    repo: fork.remotes.find(({ name }) => name === remote)?.url ?? '',
    sha,
    url: null,
    pushed: false,
  }))
}
