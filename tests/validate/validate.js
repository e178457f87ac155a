// validate.js KIND:FILE… — one line a file: "ok KIND:FILE" or "not ok KIND:FILE" with what is wrong below.
// Kinds: csaf (schema and mandatory tests of CSAF 2.0), cyclonedx (1.6), sarif (2.1.0), openvex (0.2.0).
// SARIF's and OpenVEX's schemas are taken from TOBAN_TEST_DATA; "skip KIND:FILE" when they are not there.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import Ajv from 'ajv'
import Ajv2020 from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'

const require = createRequire(import.meta.url)
const read = (path) => JSON.parse(readFileSync(path, 'utf8'))
const AjvDraft7 = Ajv.default ?? Ajv
const AjvDraft2020 = Ajv2020.default ?? Ajv2020

function compile(Class, main, others = {}) {
  const ajv = new Class({ strict: false, allErrors: true, validateSchema: false })
  const formats = addFormats.default ?? addFormats
  formats(ajv)
  ajv.addFormat('iri', (s) => /^[a-z][a-z0-9+.-]*:[^\s<>"{}|\\^`]+$/i.test(s))
  ajv.addFormat('iri-reference', (s) => /^[^\s<>"{}|\\^`]*$/.test(s))
  ajv.addFormat('idn-email', /@/)
  for (const [id, schema] of Object.entries(others)) ajv.addSchema(schema, id)
  return ajv.compile(main)
}

function bySchema(check) {
  return async (doc) => (check(doc) ? [] : check.errors.map((e) => `${e.instancePath}: ${e.message}`))
}

// null: the schema is not there.
function byData(Class, path) {
  const file = join(process.env.TOBAN_TEST_DATA ?? '', path)
  if (!existsSync(file)) return null
  const schema = read(file)
  delete schema.id // draft 4's name of $id; nothing else in it differs from draft 7
  return bySchema(compile(Class, schema))
}

function cyclonedx() {
  const res = join(dirname(require.resolve('@cyclonedx/cyclonedx-library/package.json')), 'res', 'schema')
  const name = (prefix) => join(res, readdirSync(res).find((f) => f.startsWith(prefix) && f.endsWith('.json')))
  const main = read(name('bom-1.6.'))
  const base = main.$id.replace(/[^/]*$/, '')
  const others = {}
  for (const p of ['spdx', 'jsf-0.82']) {
    const schema = read(name(`${p}.`))
    delete schema.$id
    for (const id of [`${base}${p}.schema.json`, `${base}${p}.SNAPSHOT.schema.json`]) others[id] = schema
  }
  return compile(AjvDraft7, main, others)
}

async function csaf() {
  const { default: validate } = await import('@secvisogram/csaf-validator-lib/validate.js')
  const tests = Object.values(await import('@secvisogram/csaf-validator-lib/basic.js'))
  return async (doc) => {
    const result = await validate(tests, doc)
    return result.tests.flatMap((t) => (t.isValid ? [] : t.errors.map((e) => `${t.name} ${e.instancePath}: ${e.message}`)))
  }
}

const make = {
  csaf,
  cyclonedx: () => bySchema(cyclonedx()),
  sarif: () => byData(AjvDraft7, 'conformance/sarif/sarif-2.1/schema/sarif-schema-2.1.0.json'),
  openvex: () => byData(AjvDraft2020, 'conformance/vex/openvex-spec/openvex_json_schema.json')
}
const made = {}
let bad = 0
for (const arg of process.argv.slice(2)) {
  const [, kind, file] = arg.match(/^(\w+):(.*)$/)
  const check = (made[kind] ??= { check: await make[kind]() }).check
  if (!check) {
    console.log(`skip ${arg}`)
    continue
  }
  const wrong = await check(read(file))
  console.log(`${wrong.length ? 'not ok' : 'ok'} ${arg}`)
  for (const line of wrong.slice(0, 10)) console.log(`  ${line}`)
  bad += wrong.length
}
process.exit(bad ? 1 : 0)
