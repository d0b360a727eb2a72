// One query by each driver: the event is the driver's name.
const user = { user: 'app', password: 'a-long-password', database: 'orders' }

const drivers = {
  async pg () {
    const { Client } = require('pg')
    const db = new Client({ host: process.env.POSTGRES, ssl: true, ...user })
    await db.connect()
    const { rows } = await db.query('select 6 * 7 as answer')
    await db.end()
    return rows[0].answer
  },
  async bundle () {
    const { Client } = require('pg')
    const ca = require('fs').readFileSync('certs/global-bundle.pem')
    const db = new Client({ host: process.env.POSTGRES, ssl: { ca }, ...user })
    await db.connect()
    const { rows } = await db.query('select 6 * 7 as answer')
    await db.end()
    return rows[0].answer
  },
  async mysql2 () {
    const mysql = require('mysql2/promise')
    const db = await mysql.createConnection({ host: process.env.MARIA, ssl: {}, ...user })
    const [rows] = await db.query('select 6 * 7 as answer')
    await db.end()
    return rows[0].answer
  }
}

exports.handler = driver => drivers[driver]()
