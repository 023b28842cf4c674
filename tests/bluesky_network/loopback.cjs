// Preloaded before anything listens: every server of this process listens on 127.0.0.1 only.
// The network's own packages offer no option for it, and would listen on all interfaces.

'use strict'

const { Server } = require('node:net')

const HOST = '127.0.0.1'
const listen = Server.prototype.listen

// Node's forms: listen(port?, host?, backlog?, done?) and listen(options, done?).
Server.prototype.listen = function (...given) {
  const done = given.filter((value) => typeof value === 'function')
  const [first] = given
  const options = typeof first === 'object' && first !== null ? first : { port: portOf(first) }
  if (options.port === undefined) throw new Error('only TCP ports are listened on here')
  return listen.call(this, { ...options, host: HOST }, ...done)
}

function portOf(value) {
  if (value === undefined || value === null || typeof value === 'function') return 0
  return Number.isInteger(Number(value)) ? Number(value) : undefined
}
