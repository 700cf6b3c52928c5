import { z } from 'zod'
import { untilEnded, watchOf } from '../stage/attempts.ts'
import { demandRemotes, demandStack } from '../stage/evidence.ts'
import { demand, demandSame } from '../stage/expect.ts'
import type { Scenario, Stage } from '../stage/scenario.ts'
import type { Shown } from '../stage/shapes.ts'
import { candidateRef, upstreamName } from '../world/config.ts'
import { git } from '../world/git.ts'
import { makeRelease } from '../world/repositories.ts'

const [old, major] = ['v1.0.1', 'v2.0.0']
const ltsRef = 'refs/heads/lts/1'

export const lines: Scenario = {
  name: 'lines',
  title: 'an LTS release and a new major at once: each goes to its line',
  push: true,
  lines: { 'lts-1': { branch: 'lts/1', tags: { range: '<2' } } },
  company: 'others',
  async play(stage) {
    const { repositories, feed, maintained } = stage
    const lts = await maintainLts(stage)
    const small = await makeRelease(repositories, old, 'small')
    const big = await makeRelease(repositories, major, 'clean')
    feed.announce(small)
    feed.announce(big)
    const onLts = await untilEnded(stage, `lts-1/${old}`, 'changed')
    const onMain = await untilEnded(stage, `main/${major}`, 'changed')
    await demandStack(stage, onLts, small, ltsRef)
    await demandStack(stage, onMain, big)
    demandSame('each line has a stack of its own', [onLts.patches.length, onMain.patches.length], [4, 5])
    demandOffered(onLts)
    demandOffered(onMain)
    const candidates = { [`lts-1/${old}`]: onLts.head ?? '', [`main/${major}`]: onMain.head ?? '' }
    const besides = { [ltsRef]: lts }
    await demandRemotes(stage, candidates, { besides })
    for (const { id } of [onLts, onMain]) {
      demandSame(`${id} has one run`, await stage.temporal.runs(id), 1)
    }
    await demandReasons(stage)
    return { tags: [`lts-1/${old}`, `main/${major}`], candidates, maintained, besides }
  },
}

/** The fork's person begins an LTS branch with all patches but the last; answers where it stands. */
async function maintainLts({ repositories: { forkCheckout } }: Stage): Promise<string> {
  for (const remote of ['origin', 'mirror']) {
    await git(forkCheckout, ['push', '--quiet', remote, `HEAD~1:${ltsRef}`])
  }
  return git(forkCheckout, ['rev-parse', 'HEAD~1'])
}

/** Demands that a line's candidate is offered under the line's own name. */
function demandOffered({ line, tag, head, candidates }: Shown): void {
  demandSame(
    `the candidate of ${line} is on both remotes, under its own name`,
    candidates.map(({ ref, remote, sha, pushed }) => ({ ref, remote, sha, pushed })),
    ['origin', 'mirror'].map((remote) => {
      return { ref: candidateRef(`${line}/${tag}`), remote, sha: head, pushed: true }
    }),
  )
}

/** What the Temporal CLI prints of a signed answer: its JSON in base64. */
const answerShape = z.looseObject({
  queryResult: z.looseObject({ payloads: z.tuple([z.looseObject({ data: z.base64() })]) }),
})

const watchShape = z.looseObject({
  known: z.looseObject({
    skipped: z.array(z.object({ tag: z.string(), reason: z.string(), lines: z.array(z.string()) })),
  }),
})

/** Demands that each line names why it left the other's release. */
async function demandReasons(stage: Stage): Promise<void> {
  const { fork, installation, temporal } = stage
  const asked = ['--workflow-id', watchOf(stage), '--type', 'status', '--output', 'json']
  const answer = await temporal.run('workflow', 'query', ...asked)
  demand('`temporal workflow query` answers', answer.code === 0, answer)
  const [{ data }] = answerShape.parse(JSON.parse(answer.stdout)).queryResult.payloads
  const { known } = watchShape.parse(JSON.parse(Buffer.from(data, 'base64').toString('utf8')))
  demandSame(
    'the watch says why a line left a release',
    known.skipped.toSorted((a, b) => (a.tag < b.tag ? -1 : 1)),
    [
      { tag: old, reason: `step: ${major} is newer`, lines: [`${fork}/main`] },
      { tag: major, reason: 'range: it is not in <2', lines: [`${fork}/lts-1`] },
    ],
  )
  const listed = await installation.cli('releases', upstreamName(fork), '--line', 'lts-1')
  const row = listed.stdout.split('\n').find((text) => text.includes(major)) ?? ''
  demand('`undrift releases --line` says it, too', row.includes('it is not in <2'), listed)
}
