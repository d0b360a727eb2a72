// The Node.js runtime: loads a function's handler and runs it for each event (lambda §3.2, §3.7, §3.8).
//
// Rules:
// 1. A handler is `folder/file.export`, where the file may be a folder with an index, or a package of node_modules; it is
//    CommonJS or an ES module, by the rules of Node.js.
// 2. A handler answers with a promise, its callback, or its context's succeed, fail and done: the first answer counts.
//    From Node.js 24 on it answers with its value only.
// 3. With `callbackWaitsForEmptyEventLoop` (the default) a callback's answer waits until the event loop is empty.
// 4. The report on one event and the request for the next leave in one write, so that the next caller finds the
//    environment ready. The connection keeps the process alive only while no other work is pending.
// 5. A handler made by `awslambda.streamifyResponse` receives a stream, whose pieces leave as they are written. A failure
//    after the first piece is reported after the last one.
// 6. console writes AWS's lines: time, request id, level, text; line ends inside become carriage returns. In a JSON
//    log a line is an object of these, from the log's level on.
//
// CommonJS, because Node.js starts its loader of ES modules for 5 ms; only handlers that are ES modules need it.

"use strict";

const { createRequire } = require("node:module");
const { existsSync, readFileSync } = require("node:fs");
const { connect } = require("node:net");
const { dirname, resolve } = require("node:path");
const { Writable } = require("node:stream");
const { finished } = require("node:stream/promises");
const { pathToFileURL } = require("node:url");
const { format } = require("node:util");

const [HOST, PORT] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");
const BASE = "/2018-06-01/runtime";
const TASK_ROOT = process.env.LAMBDA_TASK_ROOT;
const STREAMS = Symbol.for("aws.lambda.runtime.handler.streaming");
const PRELUDE_TYPE = "application/vnd.awslambda.http-integration-response";
const LOG = { json: process.env.AWS_LAMBDA_LOG_FORMAT === "JSON", level: process.env.AWS_LAMBDA_LOG_LEVEL };
const RANKS = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];
const LEVELS = { log: "INFO", info: "INFO", debug: "DEBUG", trace: "TRACE", warn: "WARN", error: "ERROR" };

const IS_ASYNC_ONLY = /nodejs(\d+)/.exec(process.env.AWS_EXECUTION_ENV)?.[1] >= 24;
const NO_CALLBACKS =
  "ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You need to modify " +
  "this function to use a supported handler signature to use Node.js 24 or later. For more information see " +
  "https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.";
const RELATIVE = "is not a valid handler name. Use absolute paths when specifying root directories in handler names.";
const NEVER_SETTLED =
  "The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly caused by a Promise that was " +
  "never settled. For more information, see https://nodejs.org/docs/latest/api/process.html#exit-codes";

let requestId = "";
let atEnd = () => {}; // what to do when the event loop is empty

// A keep-alive connection to the Runtime API, whose answers all contain their length.
class RuntimeApi {
  constructor() {
    this.received = Buffer.alloc(0);
    this.wake = () => {};
    this.socket = connect({ host: HOST, port: Number(PORT), noDelay: true });
    this.socket.on("data", (data) => {
      this.received = Buffer.concat([this.received, data]);
      this.wake();
    });
    this.socket.on("close", () => process.exit(1));
  }

  // Send requests in one write; return the last one's answer.
  async call(...requests) {
    this.socket.ref();
    this.socket.write(requests.join(""));
    let answer;
    for (const _ of requests) answer = await this.read();
    this.socket.unref();
    return answer;
  }

  async read() {
    for (;;) {
      const end = this.received.indexOf("\r\n\r\n");
      if (end >= 0) {
        const lines = this.received.subarray(0, end).toString("latin1").split("\r\n").slice(1);
        const headers = Object.fromEntries(lines.map((line) => line.split(/: (.*)/)).map(([k, v]) => [k.toLowerCase(), v]));
        const start = end + 4;
        const stop = start + Number(headers["content-length"]);
        if (this.received.length >= stop) {
          const body = this.received.subarray(start, stop).toString();
          this.received = this.received.subarray(stop);
          return { headers, body };
        }
      }
      await new Promise((wake) => (this.wake = wake));
    }
  }
}

const api = new RuntimeApi();
const NEXT = requestText("GET", "/invocation/next");

function requestText(method, path, body = "", errorType = "") {
  const type = errorType ? `Lambda-Runtime-Function-Error-Type: ${errorType}\r\n` : "";
  const length = `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`;
  return `${method} ${BASE}${path} HTTP/1.1\r\nHost: ${HOST}:${PORT}\r\n${length}${type}\r\n${body}`;
}

// The response of a streaming handler. `report` is its unsent rest.
class ResponseStream extends Writable {
  contentType = "application/octet-stream";
  begun = false;

  setContentType(type) {
    this.contentType = type;
  }

  head() {
    if (this.begun) return "";
    this.begun = true;
    const mode = "Lambda-Runtime-Function-Response-Mode: streaming\r\nTransfer-Encoding: chunked\r\n";
    const trailer = "Trailer: Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body\r\n";
    const path = `${BASE}/invocation/${requestId}/response`;
    return `POST ${path} HTTP/1.1\r\nHost: ${HOST}:${PORT}\r\nContent-Type: ${this.contentType}\r\n${mode}${trailer}\r\n`;
  }

  _write(chunk, _encoding, done) {
    if (!chunk.length) return done(); // an empty chunk would be the last one
    const frame = [this.head() + chunk.length.toString(16) + "\r\n", chunk, "\r\n"];
    api.socket.write(Buffer.concat(frame.map((part) => Buffer.from(part))), done);
  }

  report(error) {
    if (!error) return `${this.head()}0\r\n\r\n`;
    if (!this.begun) return errorReport(`/invocation/${requestId}/error`, error);
    const body = errorBody(error);
    const encoded = Buffer.from(JSON.stringify(body)).toString("base64");
    const type = `Lambda-Runtime-Function-Error-Type: ${body.errorType}\r\n`;
    return `0\r\n${type}Lambda-Runtime-Function-Error-Body: ${encoded}\r\n\r\n`;
  }
}

globalThis.awslambda = {
  streamifyResponse: (handler) => Object.assign(handler, { [STREAMS]: "response" }),
  HttpResponseStream: {
    from(stream, metadata) {
      stream.setContentType(PRELUDE_TYPE);
      stream.write(JSON.stringify(metadata));
      stream.write(new Uint8Array(8));
      return stream;
    },
  },
};

function writeLine(level, values) {
  if (LOG.json) return writeJson(level, values);
  const text = format(...values);
  const id = requestId ? requestId : "undefined";
  process.stdout.write(`${new Date().toISOString()}\t${id}\t${level}\t${text.replaceAll("\n", "\r")}\n`);
}

function writeJson(level, values) {
  if (RANKS.indexOf(level) < RANKS.indexOf(LOG.level)) return;
  const line = { timestamp: new Date().toISOString(), level, requestId: requestId || undefined };
  const [error] = values.filter((value) => value instanceof Error);
  line.message = values.length === 1 && !error ? values[0] : format(...values);
  if (error) Object.assign(line, { errorType: error.name, errorMessage: error.message, stackTrace: String(error.stack).split("\n") });
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function writeError(what, error) {
  const { trace, ...rest } = errorBody(error);
  writeLine("ERROR", LOG.json ? [{ ...rest, stackTrace: trace }] : [`${what} \t${JSON.stringify({ ...rest, trace })}`]);
}

function patchConsole() {
  for (const [name, level] of Object.entries(LEVELS)) {
    console[name] = (...values) => writeLine(level, values);
  }
}

class RuntimeError extends Error {
  constructor(type, message) {
    super(message);
    this.name = `Runtime.${type}`;
  }
}

function errorBody(error) {
  if (!(error instanceof Error)) {
    return { errorType: typeof error, errorMessage: String(error), trace: [] };
  }
  return { errorType: error.name, errorMessage: error.message, trace: String(error.stack).split("\n") };
}

function errorReport(path, error) {
  const body = errorBody(error);
  return requestText("POST", path, JSON.stringify(body), body.errorType);
}

function isModule(file) {
  if (!file.endsWith(".js")) return file.endsWith(".mjs");
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const description = resolve(folder, "package.json");
    if (existsSync(description)) return JSON.parse(readFileSync(description, "utf8")).type === "module";
    if (folder === dirname(folder)) return false;
  }
}

// The file of a handler: of the package, a folder's index, or else as `require` of Node.js finds its name.
function fileOf(require, folder, name) {
  const stem = resolve(TASK_ROOT, folder, name);
  const file = ["", ".js", ".mjs", ".cjs"].map((ending) => stem + ending).find(existsSync);
  return file === stem ? require.resolve(stem) : file ?? require.resolve(name, { paths: [TASK_ROOT, dirname(stem)] });
}

async function load(folder, name) {
  const require = createRequire(`${TASK_ROOT}/`);
  try {
    const file = fileOf(require, folder, name);
    return isModule(file) ? await import(pathToFileURL(file)) : require(file);
  } catch (error) {
    if (error instanceof SyntaxError) throw new RuntimeError("UserCodeSyntaxError", String(error));
    const missing = ["MODULE_NOT_FOUND", "ERR_MODULE_NOT_FOUND"].includes(error?.code);
    throw missing ? new RuntimeError("ImportModuleError", String(error)) : error;
  }
}

async function findHandler(text) {
  if (text.includes("..")) throw new RuntimeError("MalformedHandlerName", `'${text}' ${RELATIVE}`);
  const [, folder, name, path] = /^(.*\/)?([^./]+)\.([^/]+)$/.exec(text) ?? [];
  if (!name) throw new RuntimeError("MalformedHandlerName", "Bad handler");
  const loaded = await load(folder ?? "", name);
  const from = (start) => path.split(".").reduce((value, key) => value?.[key], start);
  const handler = from(loaded) ?? from(loaded.default);
  if (typeof handler !== "function") {
    throw new RuntimeError("HandlerNotFound", `${text} is undefined or not exported`);
  }
  if (IS_ASYNC_ONLY && handler.length >= 3 && !handler[STREAMS]) {
    throw new RuntimeError("CallbackHandlerDeprecated", NO_CALLBACKS);
  }
  return handler;
}

function contextOf(headers) {
  const env = process.env;
  const deadline = Number(headers["lambda-runtime-deadline-ms"]);
  const client = headers["lambda-runtime-client-context"];
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
    awsRequestId: requestId,
    tenantId: headers["lambda-runtime-aws-tenant-id"],
    clientContext: client ? JSON.parse(client) : undefined,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
}

const isPromise = (value) => typeof value?.then === "function";

// The answer of a handler of Node.js 24 and later, which has no other way to answer than its value.
async function runAsync(handler, event, headers) {
  return handler(event, contextOf(headers));
}

// The handler's first answer; a promise that is rejected if the handler fails.
function run(handler, event, headers) {
  return new Promise((answer, failed) => {
    let answered = false;
    const first = (settle) => (...values) => {
      if (!answered) settle(...values);
      answered = true;
    };
    const done = (error, value) => ((error ?? null) === null ? answer(value) : failed(error));
    const callback = first((error, value) => {
      if ((error ?? null) === null && context.callbackWaitsForEmptyEventLoop) atEnd = () => answer(value);
      else done(error, value);
    });
    const [succeed, fail] = [first(answer), first((error) => failed(error ?? "handled"))];
    const context = Object.assign(contextOf(headers), { succeed, fail, done: first(done) });
    const isAsync = handler.constructor.name === "AsyncFunction";
    atEnd = first(() => (isAsync ? failed(new RuntimeError("NodeJsExit", NEVER_SETTLED)) : answer(null)));
    try {
      const value = handler(event, context, callback);
      if (isPromise(value)) value.then(succeed, fail);
    } catch (error) {
      callback(error);
    }
  });
}

// Run a streaming handler; return the rest of its response.
async function stream(handler, event, headers) {
  const response = new ResponseStream();
  const ended = finished(response);
  ended.catch(() => {});
  api.socket.ref(); // until the stream ends
  try {
    const value = handler(event, response, contextOf(headers));
    if (!isPromise(value) && !response.writableEnded) throw "Streaming does not support non-async handlers.";
    await value;
    await ended;
    return response.report();
  } catch (error) {
    writeError("Invoke Error", error);
    return response.report(error);
  }
}

// Run the handler once; return its report.
async function handle(handler, { headers, body }) {
  requestId = headers["lambda-runtime-aws-request-id"];
  process.env._X_AMZN_TRACE_ID = headers["lambda-runtime-trace-id"] ?? "";
  if (handler[STREAMS]) return stream(handler, JSON.parse(body), headers);
  try {
    const answer = await (IS_ASYNC_ONLY ? runAsync : run)(handler, JSON.parse(body), headers);
    return requestText("POST", `/invocation/${requestId}/response`, JSON.stringify(answer) ?? "null");
  } catch (error) {
    writeError("Invoke Error", error);
    return errorReport(`/invocation/${requestId}/error`, error);
  } finally {
    atEnd = () => {};
  }
}

async function serve(handler) {
  let event = await api.call(NEXT);
  for (;;) {
    const report = await handle(handler, event);
    requestId = "";
    event = await api.call(report, NEXT);
  }
}

// An error that no handler can catch ends the process after it is reported.
async function end(error) {
  writeError("Uncaught Exception", error);
  await api.call(errorReport(requestId ? `/invocation/${requestId}/error` : "/init/error", error));
  process.exit(1);
}

patchConsole();
process.on("beforeExit", () => atEnd());
process.on("uncaughtException", end);
process.on("unhandledRejection", (reason) => {
  end(Object.assign(new RuntimeError("UnhandledPromiseRejection", String(reason)), { reason }));
});
findHandler(process.env._HANDLER).then(serve, end);
