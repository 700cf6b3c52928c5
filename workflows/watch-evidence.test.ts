import { describe, expect, it } from 'vitest'
import { withEvidence } from '../domain/lines/alarm-evidence.ts'
import type { WatchStanding } from '../domain/lines/standing.ts'
import type { WatchStatus } from './messages.ts'
import { until } from './testing.ts'
import { useWatchStage } from './testing-hooks.ts'
import { untilPollRests } from './testing-watch.ts'

const stage = useWatchStage()

describe('the alarm of a watch for which nothing runs', () => {
  it('shows old and new with the diff, in its answer and in its memo, until it is let go', async () => {
    stage.announce('v2.0.0')
    const handle = await stage.watch({ pollSeconds: 3600 })
    await until<WatchStatus>(handle, ({ known }) => known !== null)
    await untilPollRests(handle)
    const before = stage.repo.oid('v2.0.0')
    stage.repo.commit('Slip in', { file: 'slipped' })
    stage.repo.git('tag', '-f', 'v2.0.0')
    const after = stage.repo.oid('v2.0.0')
    await handle.signal('pollNow')
    const { known } = await until<WatchStatus>(
      handle,
      (status) => status.known?.alarms[0]?.evidence !== undefined,
    )
    const text = (known?.alarms[0]?.evidence ?? []).join('\n')
    expect(text).toContain(`first seen: commit ${before}`)
    expect(text).toContain(`now:        commit ${after}`)
    expect(text).toMatch(/-1\n.*\+slipped/s)

    const { memo } = await handle.describe()
    const standing = memo?.standing as WatchStanding
    expect(standing.known.alarms[0]?.evidence).toBeUndefined()
    const moves = memo?.moves as Parameters<typeof withEvidence>[1]
    expect(withEvidence(standing.known.alarms, moves)).toEqual(known?.alarms)

    // What a poll finds was told before: the evidence stays.
    await untilPollRests(handle)
    stage.announce('v2.1.0')
    await handle.signal('pollNow')
    const later = await until<WatchStatus>(handle, ({ waiting }) => waiting.length > 0)
    expect(later.known?.alarms).toEqual(known?.alarms)

    await handle.executeUpdate('acceptTag', { args: [{ tag: 'v2.0.0', tagObject: after }] })
    expect((await handle.describe()).memo?.moves ?? []).toEqual([])
    await handle.terminate()
  })
})
