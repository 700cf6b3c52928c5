import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { type FeedServer, startFeedServer } from '../harness/world/feed-server.ts'
import { startTestServer } from '../workers/testing.ts'
import { openStage, type Stage } from './testing.ts'
import { openWatchStage, type WatchStage } from './testing-watch.ts'

export interface Stages {
  open(script: Parameters<typeof openStage>[1]): Promise<Stage>
  /** Stops those that are open; for a test that needs one after the other. */
  stop(): Promise<void>
}

/** A Temporal server for the tests of a file, and a way to open stages on it; those are stopped after each test. */
export function useStages(): Stages {
  let server: Awaited<ReturnType<typeof startTestServer>>
  let opened: Stage[] = []
  beforeAll(async () => {
    server = await startTestServer()
  }, 600_000)
  const stop = async (): Promise<void> => {
    await Promise.all(opened.map((stage) => stage.stop()))
    opened = []
  }
  afterEach(stop)
  afterAll(async () => {
    await server?.stop()
  })
  return {
    open: async (script) => {
      const stage = await openStage(server, script)
      opened.push(stage)
      return stage
    },
    stop,
  }
}

/** The stage of a watch, a new one for each test of a file. What a file's own hooks do on it comes before it closes. */
export function useWatchStage(): WatchStage {
  let server: Awaited<ReturnType<typeof startTestServer>>
  let feeds: FeedServer
  let stage: WatchStage
  beforeAll(async () => {
    server = await startTestServer()
    feeds = await startFeedServer()
  }, 600_000)
  beforeEach(async () => {
    stage = await openWatchStage(server, feeds)
  })
  afterEach(() => stage.close())
  afterAll(async () => {
    await feeds?.close()
    await server?.stop()
  })
  return new Proxy({} as WatchStage, { get: (_, name) => Reflect.get(stage, name) })
}
