// Validation of CDK applications by netful, at synth. It runs the program `netful`; nothing is deployed.
"use strict";
const { spawnSync } = require("node:child_process");
const { readFileSync } = require("node:fs");
const { dirname, resolve } = require("node:path");

const { version } = require("./package.json");
const SEVERITIES = ["info", "low", "medium", "high", "critical"];
const [CLEAN, FINDINGS, UNKNOWN] = [0, 1, 3]; // exit codes of `netful check`
const MOST_BYTES = 256 * 1024 * 1024;

class NetfulValidationPlugin {
  constructor({ program = "netful", failOn = "high", select = [], ignore = [], options = [] } = {}) {
    if (!SEVERITIES.includes(failOn)) throw new Error(`failOn is one of ${SEVERITIES.join(", ")}, not ${failOn}`);
    this.name = "netful";
    this.version = version;
    this.program = program;
    this.words = ["--fail-on", failOn, ...select.flatMap((one) => ["--select", one]), ...ignore.flatMap((one) => ["--ignore", one])];
    this.words.push(...options);
  }

  validate(context) {
    try {
      return this.report(context);
    } catch (failure) {
      // CDK goes on after an exception of a plugin; what was not checked is not valid
      const stacks = context.stackTemplates?.map((one) => ({ constructPath: one.stackConstructPath, locations: [] })) ?? [];
      const violation = { ruleName: "not-checked", description: failure.message, severity: "high", violatingResources: stacks };
      return { success: false, pluginVersion: version, violations: [violation] };
    }
  }

  report(context) {
    const { status, findings } = this.checked(context.appConstruct?.outdir ?? dirname(context.templatePaths[0]));
    const templates = context.templatePaths.map((path) => [path, Object.keys(JSON.parse(readFileSync(path, "utf8")).Resources ?? {})]);
    const violations = new Map();
    for (const finding of findings) {
      if (!violations.has(finding.cause)) violations.set(finding.cause, violation(finding));
      violations.get(finding.cause).violatingResources.push(resource(finding, templates));
    }
    return { success: status !== FINDINGS, pluginVersion: version, violations: [...violations.values()] };
  }

  checked(folder) {
    const words = ["check", "-t", folder, "--format", "json", "--quiet", ...this.words];
    const done = spawnSync(this.program, words, { encoding: "utf8", maxBuffer: MOST_BYTES });
    if (done.error?.code === "ENOENT") throw new Error(`\`${this.program}\` is not installed; hint: uv tool install netful`);
    if (done.error) throw done.error;
    if (![CLEAN, FINDINGS, UNKNOWN].includes(done.status)) throw new Error(done.stderr.trim() || `netful ended with ${done.status}`);
    return { status: done.status, findings: JSON.parse(done.stdout).findings };
  }
}

function violation(finding) {
  return {
    ruleName: finding.id,
    description: `${finding.title}: ${finding.message}`,
    fix: finding.hint,
    severity: finding.severity,
    ruleMetadata: { certainty: finding.certainty, documentation: `https://github.com/netful/netful/blob/v${version}/docs/checks/${finding.id}.md` },
    violatingResources: [],
  };
}

function resource(finding, templates) {
  const [origin] = finding.origin.match(/^.*(?=:\d+$)/) ?? [finding.origin];
  const holds = ([path, ids]) => ids.includes(finding.resource) && path;
  const own = templates.find((one) => holds(one) && one[0] === resolve(origin)) ?? templates.find(holds) ?? templates[0];
  return { resourceLogicalId: finding.resource, templatePath: own[0], locations: [finding.origin] };
}

module.exports = { NetfulValidationPlugin };
