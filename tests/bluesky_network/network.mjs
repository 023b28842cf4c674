// A Bluesky network (PLC, PDS, AppView) on free ports of loopback, for as long as standard input is open.
//
//   node --require ./loopback.cjs network.mjs [--limit REQUESTS/SECONDS --bypass KEY]
//
// With a limit, the PDS's rate limits are on: its own for each method, and this one over all methods.
// Requests with the key in the header x-ratelimit-bypass are not counted. For each one that is, standard
// error gets a line of JSON when it is answered.
//
// Environment: DB_POSTGRES_URL, DB_POSTGRES_SCHEMA (letters and underscores), REDIS_HOST (host:port),
// TMPDIR (for repositories and blobs), LOG_ENABLED=false.
// When ready it writes one line of JSON: the URLs of the three under "plc", "pds" and "appview".

import { subscribe } from 'node:diagnostics_channel'
import { parseArgs } from 'node:util'
import { TestNetwork } from '@atproto/dev-env'
import limiters from 'rate-limiter-flexible'

// Who started this has ended: databases and folders go with it, so nothing needs to be closed in order.
process.stdin.on('end', () => process.exit(0)).resume()

const { values } = parseArgs({ options: { limit: { type: 'string' }, bypass: { type: 'string' } } })
if (values.limit) limitOverall(...values.limit.split('/').map(Number))

const network = await TestNetwork.create({
  pds: {
    hostname: 'localhost',
    rateLimitsEnabled: values.limit !== undefined,
    rateLimitBypassKey: values.bypass,
    rateLimitBypassIps: ['127.0.0.1'], // while it starts
  },
})
const { plc, pds, bsky } = network
if (values.limit) {
  pds.ctx.cfg.rateLimits.bypassIps = []
  tellAnswers(Number(new URL(pds.url).port), values.bypass)
}
process.stdout.write(JSON.stringify({ plc: plc.url, pds: pds.url, appview: bsky.url }) + '\n')

// The PDS has no setting for its limit over all methods (3000 requests in 300 seconds).
function limitOverall(points, duration) {
  limiters.RateLimiterMemory = class extends limiters.RateLimiterMemory {
    constructor(options) {
      super(options.keyPrefix === 'rl-global-ip' ? { ...options, points, duration } : options)
    }
  }
}

function tellAnswers(port, bypass) {
  const cameAt = new WeakMap()
  subscribe('http.server.request.start', ({ request }) => cameAt.set(request, Date.now() / 1000))
  subscribe('http.server.response.finish', ({ request, response }) => {
    if (request.socket.localPort !== port || request.headers['x-ratelimit-bypass'] === bypass) return
    const answer = {
      came_at: cameAt.get(request),
      agent: request.headers['user-agent'] ?? '',
      path: request.originalUrl ?? request.url,
      status: response.statusCode,
      reset: Number(response.getHeader('ratelimit-reset') ?? 0),
    }
    process.stderr.write(JSON.stringify(answer) + '\n')
  })
}
